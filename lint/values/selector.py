"""Label selectors: what they match, their text form, and whether two of them can match the same object.

Follows pkg/labels and LabelSelectorAsSelector of k8s.io/apimachinery. A selector is a tuple of requirements that must
all hold: the empty tuple matches everything, None matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubetrial.lint.records import dataclass
from kubetrial.lint.values import names


class SelectorError(ValueError):
    """Why a selector is refused, in plain words."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on the labels: a key, an operator as matchExpressions writes it, and its values."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, Any]) -> bool:
        """Whether labels meet it; an operator that does not exist is never met."""
        own = labels.get(self.key)
        if own is None and self.key in labels:
            own = ""  # a label of value null is one without text
        if self.operator == "In":
            return own is not None and own in self.values
        if self.operator == "NotIn":
            return own is None or own not in self.values
        if self.operator == "Exists":
            return own is not None
        if self.operator == "DoesNotExist":
            return own is None
        if self.operator not in ("Gt", "Lt") or own is None or len(self.values) != 1:
            return False
        one, other = _integer(own), _integer(self.values[0])
        if one is None or other is None:
            return False
        return one > other if self.operator == "Gt" else one < other

    def __str__(self) -> str:
        if self.operator in ("Exists", "DoesNotExist"):
            return ("!" if self.operator == "DoesNotExist" else "") + self.key
        if self.operator in ("Gt", "Lt"):
            return f"{self.key}{'>' if self.operator == 'Gt' else '<'}{','.join(self.values)}"
        if len(self.values) == 1:
            return f"{self.key}{'=' if self.operator == 'In' else '!='}{self.values[0]}"
        return f"{self.key} {self.operator.lower()} ({','.join(sorted(self.values))})"


Selector = tuple[Requirement, ...]

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
NODE_OPERATORS = (*OPERATORS, "Gt", "Lt")


def of_labels(wanted: Mapping[str, Any] | None) -> Selector:
    """A plain map, such as a Service's selector or a nodeSelector: every label with that very value."""
    return tuple(Requirement(key, "In", (_text(value),)) for key, value in (wanted or {}).items())


def of_expressions(expressions: Iterable[Mapping[str, Any]] | None) -> Selector:
    """The requirements of matchExpressions (or of a node selector term's)."""
    return tuple(
        Requirement(
            _text(each.get("key")), _text(each.get("operator")), tuple(_text(v) for v in each.get("values") or ())
        )
        for each in expressions or ()
        if isinstance(each, Mapping)
    )


def of_selector(written: Mapping[str, Any] | None) -> Selector | None:
    """A LabelSelector with matchLabels and matchExpressions. One that is left out (None) matches nothing."""
    if written is None:
        return None
    return of_labels(written.get("matchLabels")) + of_expressions(written.get("matchExpressions"))


def matches(selector: Selector | None, labels: Mapping[str, Any] | None) -> bool:
    """Whether labels meet every requirement."""
    return selector is not None and all(each.matches(labels or {}) for each in selector)


def to_text(selector: Selector) -> str:
    """A selector as kubectl takes it: `app=web,tier in (a,b),!old`."""
    return ",".join(str(each) for each in sorted(selector, key=lambda each: each.key))


def problem(requirement: Requirement, operators: Sequence[str] = OPERATORS) -> str | None:
    """Why the server refuses a requirement, or None. Pass NODE_OPERATORS for node selectors.

    Follows ValidateLabelSelectorRequirement and ValidateNodeSelectorRequirement.
    """
    if requirement.operator not in operators:
        return f"no operator {requirement.operator!r}; there are {', '.join(operators)}"
    if requirement.operator in ("In", "NotIn") and not requirement.values:
        return f"{requirement.operator} needs values"
    if requirement.operator in ("Exists", "DoesNotExist") and requirement.values:
        return f"{requirement.operator} takes no values"
    if requirement.operator in ("Gt", "Lt") and len(requirement.values) != 1:
        return f"{requirement.operator} takes one value, this has {len(requirement.values)}"
    if reason := names.qualified_name(requirement.key):
        return f"the key {requirement.key!r}: {reason}"
    for value in requirement.values if tuple(operators) == OPERATORS else ():
        if reason := names.label_value(value):
            return f"the value {value!r}: {reason}"
    return None


def can_match(selector: Selector | None) -> bool:
    """Whether there are any labels that the selector matches: `a in (x)` with `a notin (x)` has none."""
    return selector is not None and all(_possible(key, selector) for key in {each.key for each in selector})


def can_overlap(one: Selector | None, other: Selector | None) -> bool:
    """Whether some labels are matched by both: exact but for the size of Gt and Lt, which are taken as they stand."""
    return one is not None and other is not None and can_match(one + other)


def always_overlap(one: Selector | None, other: Selector | None) -> bool:
    """Whether everything that `one` matches is matched by `other` too (and `one` matches something)."""
    if one is None or other is None or not can_match(one):
        return False
    return all(not can_match((*one, opposite)) for each in other for opposite in _opposite(each))


def _possible(key: str, selector: Selector) -> bool:
    """Whether some value of a label, or its absence, meets all requirements on that key."""
    wanted = [each for each in selector if each.key == key]
    if all(each.matches({}) for each in wanted):
        return True
    candidates = {value for each in wanted if each.operator == "In" for value in each.values}
    if not any(each.operator == "In" for each in wanted):
        # any value will do that is not excluded: neighbours of the bounds, and one that nobody names
        bounds = [
            n for each in wanted if each.operator in ("Gt", "Lt") for v in each.values if (n := _integer(v)) is not None
        ]
        excluded = sum(len(each.values) for each in wanted if each.operator == "NotIn") + 1
        candidates = {str(bound + step) for bound in bounds for step in range(-excluded, excluded + 1)}
        candidates.add("x" * (1 + max((len(v) for each in wanted for v in each.values), default=0)))
    return any(all(each.matches({key: value}) for each in wanted) for value in candidates)


def _opposite(each: Requirement) -> tuple[Requirement, ...]:
    """Requirements of which at least one holds where `each` does not."""
    absent = Requirement(each.key, "DoesNotExist")
    if each.operator == "In":
        return (Requirement(each.key, "NotIn", each.values),)
    if each.operator == "NotIn":
        return (Requirement(each.key, "In", each.values),)
    if each.operator == "Exists":
        return (absent,)
    if each.operator == "DoesNotExist":
        return (Requirement(each.key, "Exists"),)
    number = _integer(each.values[0]) if len(each.values) == 1 else None
    if number is None:
        return (absent, Requirement(each.key, "Exists"))
    # a label that is no number meets neither Gt nor Lt
    return (absent, Requirement(each.key, "NotIn", each.values), Requirement(each.key, "In", each.values))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _integer(text: Any) -> int | None:
    """A number as strconv.ParseInt reads it (64 bits), or None."""
    if not isinstance(text, str) or not re.match(r"[-+]?[0-9]{1,40}\Z", text):
        return None
    number = int(text)
    return number if -(1 << 63) <= number < 1 << 63 else None


_TOKEN = r"[ \t\r\n]*(?:([^=!(),<> \t\r\n]+)|([=!(),<>]+))"


def parse(text: str) -> Selector:
    """A selector from its text form (`a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`); raises SelectorError.

    Follows labels.Parse, with its tolerance of empty values. Scale's status.selector and kubectl's -l have this form.
    """
    if "\0" in text:
        raise SelectorError("it has a NUL character")
    tokens = _tokens(text)
    found: list[Requirement] = []
    place = 0
    while tokens[place] != "":
        requirement, place = _requirement(tokens, place)
        found.append(requirement)
        if tokens[place] == "":
            break
        if tokens[place] != ",":
            raise SelectorError(f"found {tokens[place]!r} where a ',' or the end belongs")
        place += 1
        if tokens[place] in ("", *_SIGNS - {"!"}):
            raise SelectorError("a key comes after each ','")
    return tuple(sorted(found, key=lambda each: each.key))


_SIGNS = frozenset(("=", "==", "!=", "!", "(", ")", ",", "<", ">"))


def _tokens(text: str) -> list[str]:
    """Words and signs, with an empty one at the end. Signs that touch are read as long as they make one."""
    tokens: list[str] = []
    place = 0
    pattern = re.compile(_TOKEN)
    while (match := pattern.match(text, place)) is not None:
        place = match.end()
        signs = match[2]
        if signs is None:
            tokens.append(match[1])
            continue
        while signs:
            size = 2 if signs[:2] in _SIGNS else 1
            tokens.append(signs[:size])
            signs = signs[size:]
    return [*tokens, ""]


def _requirement(tokens: list[str], place: int) -> tuple[Requirement, int]:
    """One requirement from a place in the tokens, and the place after it."""
    absent = tokens[place] == "!"
    place += absent
    key = tokens[place]
    if key == "" or key in _SIGNS:
        raise SelectorError(f"found {key!r} where a key belongs" if key else "a key is missing at the end")
    if reason := names.qualified_name(key):
        raise SelectorError(f"the key {key!r}: {reason}")
    place += 1
    sign = tokens[place]
    if absent or sign in ("", ","):
        return Requirement(key, "DoesNotExist" if absent else "Exists"), place
    place += 1
    if sign in ("in", "notin"):
        values, place = _values(tokens, place)
        operator = "In" if sign == "in" else "NotIn"
    elif sign in ("=", "==", "!=", "<", ">"):
        value = "" if tokens[place] in ("", ",") else tokens[place]
        if value in _SIGNS:
            raise SelectorError(f"found {value!r} where a value belongs")
        place += bool(value)
        values = (value,)
        operator = {"!=": "NotIn", "<": "Lt", ">": "Gt"}.get(sign, "In")
        if operator in ("Lt", "Gt") and _integer(value) is None:
            raise SelectorError(f"{sign} compares whole numbers, found {value!r}")
    else:
        raise SelectorError(f"found {sign!r} where one of = == != in notin < > belongs")
    for value in values:
        if reason := names.label_value(value):
            raise SelectorError(f"the value {value!r}: {reason}")
    return Requirement(key, operator, values), place


def _values(tokens: list[str], place: int) -> tuple[tuple[str, ...], int]:
    """The values between brackets; nothing between two signs is the empty value."""
    if tokens[place] != "(":
        raise SelectorError("values stand in brackets: (a,b)")
    place += 1
    values: set[str] = set()
    before = "("
    while tokens[place] != ")":
        token = tokens[place]
        if token == ",":
            if before in ("(", ","):
                values.add("")
        elif token == "" or token in _SIGNS:
            raise SelectorError(f"found {token!r} where a value or ')' belongs" if token else "')' is missing")
        elif before not in ("(", ","):
            raise SelectorError(f"found {token!r} where a ',' or ')' belongs")
        else:
            values.add(token)
        before = token
        place += 1
    if before in ("(", ","):
        values.add("")
    return tuple(sorted(values)), place + 1
