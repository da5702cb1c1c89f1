"""What a call of a function may cost: texts that double and values that hold themselves many times end in a Failure.

`quote` of `quote` of a quote doubles a text each time, and `list $x $x` thirty times over is a value of a thousand million parts. A call
is weighed before it runs, by what it reads and prints.
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure

MOST_TEXT = 5_000_000
"""Letters that one call may print."""
MOST_PARTS = 1_000_000
"""Values, one inside of the other, that one call may go through."""
LETTERS_A_STEP = 25
"""Letters that are read or printed for the price of one step."""

_WALKERS = frozenset(
    (
        "toYaml", "mustToYaml", "toYamlPretty", "toJson", "mustToJson", "toRawJson", "mustToRawJson", "toPrettyJson", "mustToPrettyJson",
        "toToml", "mustToToml", "deepCopy", "mustDeepCopy", "deepEqual",
        "print", "println", "printf", "html", "js", "urlquery", "cat", "quote", "squote", "toString", "toStrings", "join", "uniq",
        "mustUniq", "has", "mustHas", "without", "mustWithout", "eq", "ne", "sortAlpha", "fromYamlArray", "adler32sum",
    )
)  # fmt: skip
"""Functions that go through all that is in a value."""
_MERGERS = frozenset(("merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"))
"""Functions that go through two maps side by side, and through one that both hold not at all: what holds itself has an end to them."""


def weigh(name: str, arguments: list[Any]) -> int:
    """The steps that a call costs by what it reads; raises Failure for more than it may."""
    letters = sum(len(value) for value in arguments if isinstance(value, str))
    if name in _WALKERS:
        letters += sum(_letters(value) for value in arguments if isinstance(value, (list, dict)))
    elif name in _MERGERS:
        letters += sum(_maps(value) for value in arguments if isinstance(value, dict))
    if name == "join" and isinstance(arguments[-1], list) and isinstance(arguments[0], str):
        letters += len(arguments[0]) * len(arguments[-1])
    elif name == "replace" and all(isinstance(value, str) for value in arguments) and len(arguments) == 3:
        letters += arguments[2].count(arguments[0]) * len(arguments[1])
    elif name == "wrapWith" and len(arguments) == 3 and isinstance(arguments[2], str):
        letters += len(arguments[2]) * len(str(arguments[1])) // max(int(arguments[0]), 1)
    if letters > 4 * MOST_TEXT:
        raise Failure("what it is given is too long")
    return letters // LETTERS_A_STEP


def weigh_result(made: Any) -> int:
    """The steps that a call costs by what it gives; raises Failure for a text that is too long."""
    if not isinstance(made, str):
        return 0
    if len(made) > MOST_TEXT:
        raise Failure("the text is too long")
    return len(made) // LETTERS_A_STEP


def _maps(value: Any) -> int:
    """How many entries the maps of a value have, each map counted once."""
    seen: set[int] = set()
    pending, entries = [value], 0
    while pending:
        one = pending.pop()
        if id(one) not in seen:
            seen.add(id(one))
            entries += len(one)
            pending.extend(part for part in one.values() if isinstance(part, dict))
    return entries


def _letters(value: Any) -> int:
    """How many letters and values a value prints at least, each part counted as often as it is there; raises Failure for too many.

    Each list or map is looked at once, however often it is there: what holds itself would be gone through for ever.
    """
    quick = _few_letters(value)
    if quick is not None:
        return quick
    known: dict[int, tuple[int, int]] = {}  # id of a list or map -> (letters, values) in it
    begun: set[int] = set()
    pending = [value]
    while pending:
        top = pending[-1]
        if id(top) in known:
            pending.pop()
            continue
        parts = top.values() if isinstance(top, dict) else top
        inner = [part for part in parts if isinstance(part, (list, dict))]
        if id(top) not in begun:
            begun.add(id(top))
            if waiting := [part for part in inner if id(part) not in known]:
                if any(id(part) in begun for part in waiting):
                    raise Failure("what it is given holds itself")
                pending.extend(waiting)
                continue
        letters = sum(len(part) for part in parts if isinstance(part, str)) + sum(known[id(part)][0] for part in inner)
        values = 1 + len(top) - len(inner) + sum(known[id(part)][1] for part in inner)
        if values > MOST_PARTS or letters > 4 * MOST_TEXT:
            raise Failure("what it is given is too long")
        known[id(top)] = letters, values
        pending.pop()
    return sum(known[id(value)])


_FEW = 20_000


def _few_letters(value: Any) -> int | None:
    """The same of a value of few parts; None for one of many, and where a list or map is there twice, or holds itself."""
    letters, values = 0, 1
    pending = [value]
    seen = {id(value)}
    while pending:
        top = pending.pop()
        values += len(top)
        if values > _FEW:
            return None
        for part in top.values() if isinstance(top, dict) else top:
            if isinstance(part, str):
                letters += len(part)
            elif isinstance(part, (list, dict)):
                if id(part) in seen:
                    return None
                seen.add(id(part))
                pending.append(part)
    return letters + values
