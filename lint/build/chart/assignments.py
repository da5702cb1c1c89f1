"""`--set`, `--set-string`, `--set-json` and `--set-file`, read as Helm reads them.

A text such as `a.b=1,c[0]=x,d={y,z}` is put into values that are already there: a `\\` takes its meaning from the sign behind it,
`null` removes, a list in braces is a list, an index lengthens a list with nulls. Follows helm.sh/helm/v3/pkg/strvals (parser).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

MOST_LEVELS = 30
"""How deep a key may be nested; Helm's own bound."""
HIGHEST_INDEX = 65536
"""The highest index of a list; Helm's own bound."""

Values = dict[str, Any]

_DIGITS = re.compile(r"[+-]?[0-9]+\Z")
_INT64 = range(-(1 << 63), 1 << 63)


class NotAssigned(ValueError):
    """An assignment that Helm refuses; the text is its reason in our words."""


def assign(values: Values, text: str) -> None:
    """Put `--set TEXT` into the values: whole numbers, true, false and null get their types, all else is text."""
    _AssignmentReader(text, typed).read(values)


def assign_text(values: Values, text: str) -> None:
    """Put `--set-string TEXT` into the values: every value is text."""
    _AssignmentReader(text, lambda written: written).read(values)


def assign_file(values: Values, text: str, read: Callable[[str], str]) -> None:
    """Put `--set-file KEY=PATH` into the values; `read` gives the text of a path, or raises NotAssigned."""
    _AssignmentReader(text, read, lists=False).read(values)


def assign_json(values: Values, text: str) -> None:
    """Put `--set-json TEXT` into the values: `KEY=JSON`, several of them with commas between."""
    _AssignmentReader(text, lambda written: written, json_values=True).read(values)


def typed(text: str) -> Any:
    """What `--set` makes of a value: true, false, null, 0 and whole numbers that do not begin with 0; else the text."""
    word = text.lower()
    if word in ("true", "false"):
        return word == "true"
    if word == "null":
        return None
    if text == "0":
        return 0
    if not text.startswith("0") and _DIGITS.match(text) and int(text[:25]) in _INT64:
        return int(text)
    return text


def _json(text: str, at: int) -> tuple[Any, int]:
    """The JSON value at a place and the place behind it; numbers are floats, as Go decodes them."""
    begin = at + len(text[at:]) - len(text[at:].lstrip(" \t\r\n"))
    try:
        found = json.JSONDecoder(parse_int=float).raw_decode(text, begin)
    except (ValueError, RecursionError):
        raise NotAssigned(f"`{text[at : at + 60]}` is no JSON value") from None
    return found[0], int(found[1])


class _AssignmentReader:
    """One text of assignments, read from left to right."""

    def __init__(
        self, text: str, meaning: Callable[[str], Any], *, lists: bool = True, json_values: bool = False
    ) -> None:
        self._text = text
        self._at = 0
        self._meaning = meaning
        self._lists = lists
        self._json = json_values

    def read(self, values: Values) -> None:
        """Put every assignment of the text into the values."""
        while self._at < len(self._text):
            self._key(values, 1)

    def _until(self, stops: str) -> tuple[str, str]:
        """The signs up to a stop, and the stop (empty at the end); `\\` takes a stop's meaning away."""
        taken: list[str] = []
        while self._at < len(self._text):
            sign = self._text[self._at]
            self._at += 1
            if sign in stops:
                return "".join(taken), sign
            if sign == "\\":
                sign = self._text[self._at : self._at + 1]
                self._at += 1
            taken.append(sign)
        return "".join(taken), ""

    def _key(self, values: Values, level: int) -> bool:
        """Read one key and its value; True where the text ended before a value, which leaves the items of lists as they are."""
        name, stop = self._until("=[,.")
        if stop == "=":
            ended = self._at >= len(self._text)
            _put(values, name, self._value())
            return ended
        if stop == "[":
            index = self._index()
            below = values.get(name, [])
            if not isinstance(below, list):
                raise NotAssigned(f"`{name}` is no list, so it has no item {index}")
            items, ended = self._item(below, index, level)
            _put(values, name, items)
            return ended
        if stop == ".":
            return self._below(values, name, level)
        if stop == ",":
            _put(values, name, "")
            raise NotAssigned(f"the key `{name}` has no value (it ends with a comma); write `{name}=VALUE`")
        if name:
            raise NotAssigned(f"the key `{name}` has no value; write `{name}=VALUE`")
        return True

    def _below(self, values: Values, name: str, level: int) -> bool:
        if level + 1 > MOST_LEVELS:
            raise NotAssigned(f"the key is nested deeper than {MOST_LEVELS} levels")
        inner = values.get(name, {})
        if not isinstance(inner, dict):
            raise NotAssigned(f"`{name}` holds a value that has no keys, so nothing can be set below it")
        ended = self._key(inner, level + 1)
        if inner:
            _put(values, name, inner)
        elif not ended:
            raise NotAssigned(f"nothing is set below the key `{name}`")
        return ended

    def _index(self) -> int:
        written, stop = self._until("]")
        if stop != "]" or not _DIGITS.match(written):
            raise NotAssigned(f"`{written}` is no index of a list")
        index = int(written[:25])
        if not 0 <= index <= HIGHEST_INDEX:
            raise NotAssigned(f"the index {written[:25]} is not between 0 and {HIGHEST_INDEX}")
        return index

    def _item(self, items: list[Any], index: int, level: int) -> tuple[list[Any], bool]:
        """The list with what the rest of the key sets in one item, and whether the text ended before a value."""
        name, stop = self._until("[.=")
        if not name and not stop:
            return items, True
        if name or not stop:
            raise NotAssigned(f"`{name}` cannot follow an index; write `.`, `[` or `=` there")
        there = items[index] if index < len(items) else None
        if stop == "=":
            return _with_item(items, index, self._value()), False
        if stop == "[":
            inner = self._index()
            if there is not None and not isinstance(there, list):
                raise NotAssigned(f"the item {index} is no list")
            nested, ended = self._item(there or [], inner, level)
            return (items if ended else _with_item(items, index, nested)), ended
        if level + 1 > MOST_LEVELS:
            raise NotAssigned(f"the key is nested deeper than {MOST_LEVELS} levels")
        if there is not None and not isinstance(there, dict):
            raise NotAssigned(f"the item {index} has no keys")
        mapping: Values = there if there is not None else {}
        ended = self._key(mapping, level + 1)
        return (items if ended else _with_item(items, index, mapping)), ended

    def _value(self) -> Any:
        if self._json:
            return self._json_value()
        if self._lists and self._text[self._at : self._at + 1] == "{":
            self._at += 1
            return self._list()
        return self._meaning(self._until(",")[0])

    def _json_value(self) -> Any:
        rest = self._text[self._at :]
        if not rest.strip() or rest.lstrip().startswith(","):
            found, end = None, self._at
        else:
            found, end = _json(self._text, self._at)
        self._at = end
        between, _ = self._until(",")
        if between.strip():
            raise NotAssigned(f"`{between}` follows a JSON value; put a comma between assignments")
        return found

    def _list(self) -> list[Any]:
        items: list[Any] = []
        while True:
            written, stop = self._until(",}")
            if not stop:
                raise NotAssigned("a list in braces has no `}` at its end")
            if stop == "}":
                if self._text[self._at : self._at + 1] == ",":
                    self._at += 1
                return [*items, self._meaning(written)]
            items.append(self._meaning(written))


def _put(values: Values, name: str, value: Any) -> None:
    if name:
        values[name] = value


def _with_item(items: list[Any], index: int, value: Any) -> list[Any]:
    longer = items + [None] * (index + 1 - len(items))
    longer[index] = value
    return longer
