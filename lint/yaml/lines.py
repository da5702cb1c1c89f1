"""Where a value stands in a document that was read line by line (block.py), found without the events of a parser.

Each step of a path is a search for a line of a certain indentation: all that stands inside of a value is indented deeper; or, inside of
brackets, which end on their line in such a document, a search for the comma before it. What is written
in another way (an item on the line below its hyphen) is left to placer.py, which a test holds this to.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from kubetrial.lint.values.pattern import pattern

_SCALAR = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s#\[{|>&*!'\"](?:[^ \n]| +(?![ #\n]|\Z))*")
"""A value in quotes, or a plain one up to a comment or the end of its line."""
_FIELD = pattern(r"(?:[A-Za-z_][A-Za-z0-9_./-]*|\"[A-Za-z0-9_./-]+\"):(?= |$)", re.M)
_BLANK = re.compile(r" *(?:#[^\n]*)?(?:\n *(?:#[^\n]*)?)*")


class Spot:
    """Where a value begins and its text ends on that line (None: beyond it, or nobody knows), and where its key does; indexes."""

    __slots__ = ("end", "key", "key_end", "start")

    def __init__(self, start: int, end: int | None, key: int | None, key_end: int) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.key_end = key_end


Known = dict[tuple[str | int, ...], tuple[Any, int, int, int | None, int]]
"""Of paths of mappings and lists: the value, where its first key, item or bracket begins and its lines end, and where its key stands."""


def spot(text: str, value: Any, path: tuple[str | int, ...], known: Known) -> Spot | None:
    """Where the value at a path stands, of a document with this value; None where it cannot be told from its lines.

    `known` is what was found of this document before: most findings are about neighbours.
    """
    number = len(path)
    while number and path[:number] not in known:
        number -= 1
    if number:
        value, at, stop, key, key_end = known[path[:number]]
    else:
        at, stop, key, key_end = _first(text, 0), len(text), None, 0
    for depth in range(number, len(path)):
        step = path[depth]
        in_brackets = depth > 0 and text[at : at + 1] in _BRACKETS
        found = _of_step(text, value, step, at, stop, in_brackets)
        if found is None:
            return None
        key, key_end, behind, column = found
        if key_end < 0:
            key = None  # an item has none
        value = value[step]
        if value.__class__ is not dict and value.__class__ is not list:
            return (
                _in_line(text, value, behind, key, key_end) if in_brackets else _told(text, value, behind, key, key_end)
            )
        if not in_brackets:
            stop = _end(text, behind, stop, column, value.__class__ is list and key is not None)
        at = behind if in_brackets else _first(text, behind)
        known[path[: depth + 1]] = value, at, stop, key, key_end
    return _told(text, value, at, key, key_end)


def _of_step(
    text: str, value: Any, step: str | int, at: int, stop: int, in_brackets: bool
) -> tuple[int, int, int, int] | None:
    """(where the key begins and ends, the place behind it, its column) of what is one step inside of a value; an item's key ends at -1."""
    if value.__class__ is dict and step.__class__ is str:
        if in_brackets:
            return _of_key_in_brackets(text, _nth_in_brackets(text, at, list(value).index(step)))
        return _of_key(text, str(step), at, stop)
    if value.__class__ is list and step.__class__ is int:
        if in_brackets:
            begin = _nth_in_brackets(text, at, int(step))
            return None if begin is None else (begin, -1, begin, 0)
        return _of_item(text, int(step), at, stop)
    return None


_BRACKETS = ("[", "{")
_SIGNS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[\[\]{},\n]")
"""What divides values in brackets, and texts in quotes, in which such signs mean nothing."""
_IN_BRACKETS = pattern(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|(?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_./-]))+")
_KEY_IN_BRACKETS = pattern(r"(\"[A-Za-z0-9_./-]+\"|[A-Za-z0-9_./-]+): +")


def _nth_in_brackets(text: str, at: int, number: int) -> int | None:
    """Where the item or field of a number begins, of the list or mapping whose bracket stands at a place; None beyond its line."""
    depth, begin = 0, at + 1
    for found in _SIGNS.finditer(text, at):
        sign = text[found.start()]
        if depth == 1 and not number:
            break
        if sign in "[{":
            depth += 1
        elif sign in "]}" or sign == "\n":
            depth -= 1
        elif sign == "," and depth == 1:
            number, begin = number - 1, found.end()
        if depth == 0:
            return None
    while text[begin : begin + 1] == " ":
        begin += 1
    return None if number else begin


def _of_key_in_brackets(text: str, begin: int | None) -> tuple[int, int, int, int] | None:
    """(where the key begins and ends, the place of its value, 0) of the field that begins at a place."""
    found = _KEY_IN_BRACKETS.match(text, begin) if begin is not None else None
    return None if found is None else (found.start(1), found.end(1), found.end(), 0)


def _in_line(text: str, value: Any, at: int, key: int | None, key_end: int) -> Spot | None:
    """The spot of a scalar in brackets."""
    found = _IN_BRACKETS.match(text, at) if value is not None else None
    if found is None:
        return None if key is None else Spot(-1, None, key, key_end)
    return Spot(at, found.end(), key, key_end)


def _closed(text: str, at: int) -> int | None:
    """The end of the list or mapping whose bracket stands at a place; None where that is another line."""
    depth = 0
    for found in _SIGNS.finditer(text, at):
        sign = text[found.start()]
        if sign == "\n":
            return None
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0:
            return found.end()
    return None


def _told(text: str, value: Any, at: int, key: int | None, key_end: int) -> Spot | None:
    """The spot of a value that begins at a place or behind the blanks there."""
    if value is None:
        return None if key is None else Spot(-1, None, key, key_end)
    at += len(text[at:]) - len(text[at:].lstrip(" ")) if text[at : at + 1] == " " else 0
    sign = text[at : at + 1]
    if sign in _BRACKETS:
        end = _closed(text, at)
        if end is None:
            return None if key is None else Spot(-1, None, key, key_end)
        return Spot(at, end, key, key_end)
    if value.__class__ is dict or value.__class__ is list:
        return Spot(at, None, key, key_end)
    if sign in "|>" and sign:
        return Spot(at, None, key, key_end)
    found = _SCALAR.match(text, at)
    if found is None:
        return None if key is None else Spot(-1, None, key, key_end)
    return Spot(at, found.end(), key, key_end)


def _first(text: str, at: int) -> int:
    """Where the first value behind a place begins: behind blanks, comments and the line `---`."""
    if not at and text.startswith("---"):
        at = text.find("\n") % (len(text) + 1)
    found = _BLANK.match(text, at)
    return at if found is None else min(found.end(), len(text) - 1)


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _of_key(text: str, name: str, at: int, stop: int) -> tuple[int, int, int, int] | None:
    """(where the key begins and ends, the place behind its colon, its column) in the mapping that begins at a place."""
    column = _column(text, at)
    for written in (name, f'"{name}"'):
        length = len(written)
        if text.startswith(f"{written}:", at) and text[at + length + 1 : at + length + 2] in (" ", "\n", ""):
            return at, at + length, at + length + 1, column
        begin = f"\n{' ' * column}{written}:"
        found = text.find(begin, at, stop)
        while found >= 0:
            end = found + len(begin)
            if text[end : end + 1] in (" ", "\n", ""):
                return found + 1 + column, end - 1, end, column
            found = text.find(begin, end, stop)
    return None


def _of_item(text: str, index: int, at: int, stop: int) -> tuple[int, int, int, int] | None:
    """The same of an item of the list that begins at a place; it has no key."""
    column = _column(text, at)
    if text[at] != "-":
        return None
    for _ in range(index):
        found = _items(column).search(text, at + 1, stop)
        if found is None:
            return None
        at = found.end() - 1
    behind = at + 1
    rest = text[behind : text.find("\n", behind) % (len(text) + 1)].strip(" ")
    if not rest or rest[0] == "#" or rest == "-" or rest[:2] == "- ":
        return None
    return at, -1, behind, column


def _end(text: str, at: int, stop: int, column: int, listed: bool) -> int:
    """Where the lines end that belong to a value whose key or hyphen has a column; a list may have its hyphens in that column."""
    found = _ends(column, listed).search(text, text.find("\n", at) % (len(text) + 1), stop)
    return stop if found is None else found.start()


@functools.lru_cache(maxsize=256)
def _items(column: int) -> re.Pattern[str]:
    return re.compile(rf"\n {{{column}}}-(?=[ \n])")


@functools.lru_cache(maxsize=256)
def _ends(column: int, listed: bool) -> re.Pattern[str]:
    """A line that ends what stands in or behind a column: not deeper, neither empty nor a comment."""
    if not listed:
        return re.compile(rf"\n {{0,{column}}}[^ \n#]")
    less = rf"\n {{0,{column - 1}}}[^ \n#]|" if column else ""
    return re.compile(rf"{less}\n {{{column}}}(?!-[ \n])[^ \n#]")
