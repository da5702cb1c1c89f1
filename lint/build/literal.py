"""Values that a source writes literally: what has to be changed there is the value itself, wherever it is built into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.finding import Range
from kubetrial.lint.yaml.scalars import scalar


def text_at(text: str, place: Range) -> str | None:
    """What a text has at a range of one line; None where it has no such place, or its lines are counted in different ways."""
    from kubetrial.lint.yaml.edits import has_odd_breaks

    if place.start.line != place.end.line or has_odd_breaks(text):
        return None
    rows = text.split("\n", place.start.line)
    if len(rows) < place.start.line:
        return None
    found = rows[place.start.line - 1][place.start.column - 1 : place.end.column - 1]
    return found if len(found) == place.end.column - place.start.column else None


def literal(raw: str, value: object) -> bool:
    """Whether a text of YAML on one line is a value and nothing else: no action of a template, no alias, no part of it."""
    if not raw or raw != raw.strip() or "{{" in raw or value.__class__ not in (str, int, float, bool):
        return False
    if raw[0] in "\"'":
        return raw[-1] == raw[0] and len(raw) > 1 and "\\" not in raw and unquoted(raw) == value
    read = scalar(raw)
    # kustomize reads words of YAML 1.1 as text; what it writes anew is another text than the source has.
    return raw == value or (read.__class__ is value.__class__ and read == value)


def unquoted(raw: str) -> str:
    """A text of YAML without the quotes around it; escapes stay."""
    if raw[:1] == "'":
        return raw[1:-1].replace("''", "'")
    return raw[1:-1] if raw[:1] == '"' else raw


def paths_of(value: Any, raws: Mapping[object, Sequence[str]]) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """The paths in a value at which texts (as `by_value` has them) may stand literally, each with the text and whether it is the key."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while pending:
        at, one = pending.pop()
        if one.__class__ is dict:
            for name, inner in one.items():
                yield from (((*at, name), raw, True) for raw in raws.get(name, ()) if unquoted(raw) == name)
                pending.append(((*at, name), inner))
        elif one.__class__ is list:
            pending += [((*at, index), inner) for index, inner in enumerate(one)]
        else:
            yield from ((at, raw, False) for raw in raws.get(one, ()) if literal(raw, one))


def leaf_paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    """The paths of all that is neither mapping nor list in a value."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while pending:
        at, one = pending.pop()
        if one.__class__ is dict:
            pending += [((*at, name), inner) for name, inner in one.items()]
        elif one.__class__ is list:
            pending += [((*at, index), inner) for index, inner in enumerate(one)]
        else:
            yield at


def by_value(raws: Iterable[str]) -> dict[object, list[str]]:
    """Texts of YAML by what they may be read as."""
    found: dict[object, list[str]] = {}
    for raw in dict.fromkeys(raws):
        for value in {unquoted(raw), scalar(raw)}:
            found.setdefault(value, []).append(raw)
    return found
