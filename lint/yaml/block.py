"""The plain data of a document in the block style that most manifests are written in, read line by line.

It reads one line a key or item: plain, quoted or empty values, lists and mappings in brackets, and literal and folded texts (`|`, `>`).
That is twice as fast as the events of a parser. Whatever goes beyond (anchors, tags, other values over several lines, keys that stand
twice, mistakes, long texts) it leaves alone, and libyaml reads the document (parsed.py), which a test holds this to, value for value.
"""

from __future__ import annotations

import math
import re
from typing import Any

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.yaml.scalars import NOTHING, WORDS, scalar

_FOREIGN = bytes(sign for sign in range(0x80) if sign == 0x7F or (sign < 0x20 and sign not in b"\t\n"))
"""Carriage returns, and what YAML does not allow."""
_FOREIGN_BEYOND = "[\x80-\x9f\u2028\u2029\ud800-\uf8ff\ufeff\ufffe\uffff]"
"""The same beyond ASCII: line breaks of other kinds, marks of the byte order, and what stands for a colon."""
_LINES = re.compile(
    r"^( *)((?:- +)*)(?:([A-Za-z_][A-Za-z0-9_./-]{0,250}|\"[A-Za-z0-9_./-]{1,250}\"):(?: +|$))?(.*)$", re.M
)
"""Indentation, hyphens of items, a key, and what follows; every line fits."""
_LITERAL = pattern(r"\|[-+]? *|>-? *")
_QUOTED = pattern(r"(?:\"((?:[^\"\\]|\\[\"\\nt])*)\"|'((?:[^']|'')*)')(?: +#.*)? *")
_ESCAPE, _ESCAPES = re.compile(r"\\(.)"), {"n": "\n", "t": "\t"}
_ITEM = re.compile(
    r"(?:\"((?:[^\"\\]|\\[\"\\nt])*)\"|'([^']*)'|(-{0,2}[A-Za-z0-9_./](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_./-]))*)) *"
)
_FIELD = re.compile(r"(?:\"([A-Za-z0-9_./-]{1,250})\"|([A-Za-z_][A-Za-z0-9_./-]{0,250})): +")
_MARKS = {
    "[": re.compile(r"\[ *"), ",": re.compile(r", *"), "]": re.compile(r"\] *"), "{": re.compile(r"\{ *"), "}": re.compile(r"\} *")
}  # fmt: skip
_COMMENT = re.compile(r"(?:(?<= )#.*)?")
_NO_PLAIN = frozenset(",[]{}#&*!|>'\"%@`?:")
"""What a plain value never begins with, or seldom."""
_MOST_DEEP, _MOST_DEEP_ON_A_LINE = 100, 20
_LONGEST = 1 << 20
"""All lines of a text are held at once: sixteen million empty ones would take more than a GiB, and the parser none."""
_KNOWN: dict[str, Any] = {}
"""Values by what stands on their lines: the same few come again and again."""
_MOST_KNOWN, _LONG = 20_000, 100

NOT_READ: Any = object()
"""Stands for a document that is left to the parser."""


class _Other(Exception):
    """Something that is not read here."""


def block_value(text: str) -> Any:
    """The value of a document with one mapping or list; NOT_READ where it is written in another way, NOTHING where none is."""
    if len(text) > _LONGEST:
        return NOT_READ
    if "\r" in text:
        text = text.replace("\r\n", "\n")  # which YAML takes for the same; any other one is foreign
    data = text.encode("utf-8", "surrogatepass")
    if len(data) != len(data.translate(None, _FOREIGN)):
        return NOT_READ
    if not text.isascii() and re.search(_FOREIGN_BEYOND, text) is not None:
        return NOT_READ
    reader = _Reader(text)
    try:
        reader.read()
    except _Other:
        return NOT_READ
    return NOTHING if reader.root is NOT_READ else reader.root


class _Reader:
    """The collections that are open while the lines of a document are read."""

    __slots__ = ("column", "inner", "lines", "number", "root", "stack", "text", "waits")

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[str] = []  # only literal texts need them
        self.root = NOT_READ
        self.column = -1  # of the innermost open collection
        self.inner: Any = None  # that collection
        self.stack: list[tuple[int, Any]] = []  # those around it
        self.waits = ""  # the key that has its value on the lines below
        self.number = 0  # of the line that is read next

    def read(self) -> None:
        """Read all lines; raises _Other."""
        rows, known = _LINES.findall(self.text), _KNOWN.get
        self.number, count = int(_is_separator(self.text.partition("\n")[0])), len(rows)
        while self.number < count:
            indent, hyphens, key, rest = rows[self.number]
            self.number += 1
            if not key and not hyphens:
                if rest and rest[0] != "#":
                    self._below(indent, rest)
                continue
            if hyphens or self.waits or len(indent) != self.column or self.inner.__class__ is list:
                self._open(len(indent), hyphens, key)
                if not key:
                    self.inner.append(self._value(rest))
                    continue
            inner = self.inner
            if key[0] == '"':
                key = key[1:-1]
            elif key in WORDS:
                raise _Other
            if key in inner:
                raise _Other
            if not rest or rest[0] == "#":
                inner[key] = None
                self.waits = key
            else:
                value = known(rest, NOT_READ)
                inner[key] = self._value(rest) if value is NOT_READ else value

    def _below(self, indent: str, rest: str) -> None:
        """Take what stands alone on a line as the value of the key above; raises _Other."""
        if not self.waits or len(indent) <= self.column or rest[0] in "|>":
            raise _Other
        self.inner[self.waits] = self._value(rest)
        self.waits = ""

    def _open(self, at: int, hyphens: str, key: str) -> None:
        """Close the collections that end above a line, and open those that begin on it; raises _Other."""
        if self.root is NOT_READ and not at:
            self.column, self.inner = 0, [] if hyphens else {}
            self.root = self.inner
        elif self.waits and (at > self.column or (at == self.column and hyphens)):
            self._enter(at, [] if hyphens else {})
        self.waits = ""
        while at < self.column or (at == self.column and not hyphens and self.inner.__class__ is list):
            if not self.stack:
                raise _Other
            self.column, self.inner = self.stack.pop()
        if at != self.column or (self.inner.__class__ is list) is not bool(hyphens):
            raise _Other
        if hyphens:
            for hyphen in hyphens.split("-")[1:-1]:
                self._enter(self.column + 1 + len(hyphen), [])
            if key:
                self._enter(at + len(hyphens), {})
        if len(self.stack) > _MOST_DEEP:
            raise _Other

    def _enter(self, at: int, made: Any) -> None:
        """Open a collection at a column, in the one that is open."""
        if self.inner.__class__ is list:
            self.inner.append(made)
        else:
            self.inner[self.waits] = made
        self.stack.append((self.column, self.inner))
        self.column, self.inner = at, made

    def _value(self, rest: str) -> Any:
        """What a line holds behind its key or hyphen, and the lines below where a literal begins; raises _Other."""
        value = _KNOWN.get(rest, NOT_READ)
        if value is NOT_READ:
            if rest[:1] == "|" or rest[:1] == ">":
                return self._literal(rest)
            value = _value(rest)
            if len(rest) < _LONG and value.__class__ is not list and value.__class__ is not dict:
                if len(_KNOWN) > _MOST_KNOWN:
                    _KNOWN.clear()
                _KNOWN[rest] = value
        return value

    def _literal(self, header: str) -> str:
        """The text below a `|` or `>`; raises _Other."""
        if not _LITERAL.fullmatch(header):
            raise _Other
        lines = self.lines = self.lines or self.text.split("\n")
        begin = number = self.number
        while number < len(lines) and not lines[number]:
            number += 1
        first = lines[number] if number < len(lines) else ""
        width = len(first) - len(first.lstrip(" "))
        if width <= self.column or first[width : width + 1] in ("", "\t"):
            raise _Other  # it is empty, or begins with blanks
        rows: list[str] = [""] * (number - begin)
        blank = " " * width
        while number < len(lines):
            row = lines[number]
            if row[:width] == blank:
                rows.append(row[width:])
            elif not row.strip(" "):
                rows.append("")
            else:
                bare = row.lstrip(" ")
                if bare[0] == "\t" or (len(row) - len(bare) > self.column and bare[0] != "#"):
                    raise _Other
                break
            number += 1
        else:
            if rows[-1]:
                header = f"{header[0]}-"  # what ends with the document has no last line break that could be kept
            elif header[1:2] == "+":
                rows.pop()
        self.number = number
        return _chomped(_folded(rows) if header[0] == ">" else rows, header[1:2])


def _is_separator(line: str) -> bool:
    """Whether a line is the `---` above a document."""
    behind = line[3:].lstrip(" ")
    return line[:3] == "---" and (not behind or (line[3] == " " and behind[0] == "#"))


def _value(rest: str) -> Any:
    """A value on its line, with a comment or blanks behind it; raises _Other."""
    first = rest[:1]
    if not first or "\t" in rest:
        raise _Other
    if first not in _NO_PLAIN:
        return _plain(rest.partition(" #")[0].rstrip(" "))
    if first in "\"'":
        found = _QUOTED.fullmatch(rest)
        if found is None:
            raise _Other
        double, single = found.groups()
        if single is not None:
            return single.replace("''", "'")
        return _ESCAPE.sub(_escaped, double) if "\\" in double else double
    if first not in "[{":
        raise _Other
    value, end = _in_brackets(rest, 0, 0)
    if _COMMENT.fullmatch(rest, end) is None:
        raise _Other
    return value


def _in_brackets(text: str, at: int, depth: int) -> tuple[Any, int]:
    """The list or mapping that begins at a place of a line, and where what follows begins; raises _Other."""
    if depth > _MOST_DEEP_ON_A_LINE:
        raise _Other
    made: Any = [] if text[at] == "[" else {}
    closing = "]" if text[at] == "[" else "}"
    at = _past(text, at, text[at])
    while text[at : at + 1] != closing:
        name = ""
        if made.__class__ is dict:
            field = _FIELD.match(text, at)
            if field is None or (name := field[1] or field[2]) in made or field[2] in WORDS:
                raise _Other
            at = field.end()
        if text[at : at + 1] in ("[", "{"):
            value, at = _in_brackets(text, at, depth + 1)
        else:
            value, at = _item(text, at)
        if made.__class__ is dict:
            made[name] = value
        else:
            made.append(value)
        if text[at : at + 1] != closing:
            at = _past(text, at, ",")
    return made, _past(text, at, closing)


def _past(text: str, at: int, mark: str) -> int:
    """The place behind a mark and the blanks that follow it; raises _Other where another one stands."""
    found = _MARKS[mark].match(text, at)
    if found is None:
        raise _Other
    return found.end()


def _item(text: str, at: int) -> tuple[Any, int]:
    """A value in brackets, and where what follows begins; raises _Other."""
    found = _ITEM.match(text, at)
    if found is None:
        raise _Other
    double, single, plain = found.groups()
    if plain is not None:
        return _plain(plain), found.end()
    value = single if double is None else _ESCAPE.sub(_escaped, double) if "\\" in double else double
    return value, found.end()


def _escaped(found: re.Match[str]) -> str:
    """What a backslash and a sign stand for between double quotes."""
    return _ESCAPES.get(found[1], found[1])


def _plain(text: str) -> Any:
    """A plain scalar that ends on its line; raises _Other."""
    if ": " in text or text[-1] == ":" or (text[0] == "-" and text[1:2] in ("", " ")):
        raise _Other
    value = scalar(text)
    if value.__class__ is float and not math.isfinite(value):
        raise _Other
    return value


def _folded(rows: list[str]) -> list[str]:
    """A folded text as one line of a literal: lines below each other are one, and an empty one is a break; raises _Other."""
    parts: list[str] = []
    blanks = 0
    for row in rows:
        if not row:
            blanks += 1
            continue
        if row[0] in " \t":
            raise _Other  # deeper lines keep their breaks
        parts += [" " if parts and not blanks else "\n" * blanks, row]
        blanks = 0
    return ["".join(parts)]


def _chomped(rows: list[str], how: str) -> str:
    """The lines of a literal as one text: `-` takes the ends of its last lines away, `+` keeps all of them."""
    if how == "+":
        return "\n".join(rows) + "\n"
    end = len(rows)
    while end and not rows[end - 1]:
        end -= 1
    return "\n".join(rows[:end]) + ("" if how == "-" else "\n")
