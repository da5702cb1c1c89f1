"""Label selectors: one requirement against labels, and selectors in text.

Follows pkg/labels and LabelSelectorAsSelector of k8s.io/apimachinery. A selector is a tuple of requirements that must
all hold: the empty tuple matches everything, None matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values import names
from kubetrial.lint.values.records import dataclass


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


Selector = tuple[Requirement, ...]


def matches(selector: Selector | None, labels: Mapping[str, Any] | None) -> bool:
    """Whether labels meet every requirement."""
    return selector is not None and all(each.matches(labels or {}) for each in selector)


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
