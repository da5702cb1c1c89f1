"""Values that know where they were written: what a build of kustomizations reads, merges and prints.

Two readers, as kustomize has: resources and patches are read by kyaml (YAML 1.2 words), kustomization.yaml and JSON 6902
patches by sigs.k8s.io/yaml (YAML 1.1 words).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from kubetrial.lint.build.go_numbers import json_number
from kubetrial.lint.build.origin import Origin
from kubetrial.lint.finding import Position, Range
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.lint.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
    events,
    syntax,
)
from kubetrial.lint.yaml.scalars import COLON, NotReadable, key_text, scalar, tagged
from kubetrial.lint.yaml.streams import without_dropped

MAX_DEPTH = 150
"""Deeper nesting is not built; manifests have a tenth of it."""
MAX_NODES = 400_000
"""Values of one file, those behind aliases counted each time."""
_MOST_COLONS = 500
MAPPING, LIST, SCALAR = "mapping", "list", "scalar"
_NUMBERS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool"))

_DATE = pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_TIME = pattern(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt]|[ ](?![^ ]*[Zz+]))(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})?\Z"
)
_WORDS_OF_1_1 = frozenset(
    ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"]
)


Places = list[list[tuple[int, int]]]
"""Of each row of a text inside of a string: line and column (from 0) in the file of each sign."""


class PlacedText:
    """A text and its place: a whole file, or a string inside of one.

    Of a string either every sign's place is known (`places`), or only that of the string (`whole`). `literal`: what stands in
    the file are the text's own signs, without quotes and folds between. `blanks`: where in braces a value is left out.
    """

    __slots__ = ("blanks", "file", "has_slashes", "literal", "places", "rows", "whole")

    def __init__(
        self,
        file: str,
        text: str,
        places: Places | None = None,
        whole: Range | None = None,
        *,
        literal: bool = True,
    ) -> None:
        self.file = file
        self.rows = text.split("\n")
        self.has_slashes = "\\/" in text
        self.places = places
        self.whole = whole
        self.literal = literal and whole is None
        self.blanks: set[int] = set()

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the file, from 0, of a sign of the text."""
        if self.places is None:
            return line, column
        row = self.places[line] if line < len(self.places) else []
        if column < len(row):
            return row[column]
        if row:
            return row[-1][0], row[-1][1] + 1 + column - len(row)
        return self.places[line - 1][-1] if 0 < line <= len(self.places) and self.places[line - 1] else (0, 0)

    def range(self, start: Any, end: Any) -> Range:
        """The range of two marks in the file; of several lines only the first."""
        if self.whole is not None:
            return self.whole
        line, column = self.place(start.line, start.column)
        stop = end.column
        if end.line != start.line or end.column <= start.column:
            stop = len(self.rows[start.line].rstrip()) if start.line < len(self.rows) else 0
        last_line, last = self.place(start.line, max(stop - 1, 0))
        if last_line != line or last < column:
            last = column
        return Range(Position(line + 1, column + 1), Position(line + 1, last + 2))


class RNode:
    """A value, its place, and the places that had a hand in it (`via`: role and node).

    A copy shares what is in it until somebody looks: most of a large object is only printed.
    """

    __slots__ = ("_is_shared", "_value", "end", "key", "kind", "start", "style", "tag", "text", "via")

    def __init__(
        self, kind: str, value: Any, text: PlacedText | None = None, start: Any = None, end: Any = None
    ) -> None:
        self.kind = kind
        self._value = value
        self._is_shared = False
        self.text = text
        self.start = start
        self.end = end
        self.key: tuple[PlacedText, Any, Any] | None = None
        self.style: str | None = None
        self.tag = ""  # of a type that the value does not have: it is written before it
        self.via: tuple[tuple[str, RNode], ...] = ()

    @property
    def value(self) -> Any:
        """A scalar, or the fields or items, free to be changed."""
        if self._is_shared:
            self._is_shared = False
            if self.kind is MAPPING:
                self._value = {name: node.copy() for name, node in self._value.items()}
            else:
                self._value = [node.copy() for node in self._value]
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value
        self._is_shared = False

    def get(self, name: str) -> RNode | None:
        """The field of a mapping, or None."""
        found = self.value.get(name) if self.kind is MAPPING else None
        return found if isinstance(found, RNode) else None

    def at(self, *path: str) -> RNode | None:
        """The node below some fields, or None."""
        node: RNode | None = self
        for name in path:
            node = node.get(name) if node is not None else None
        return node

    def items(self) -> list[RNode]:
        """The items of a list; of anything else none."""
        return self.value if self.kind is LIST else []

    def is_null(self) -> bool:
        """Whether it is a null."""
        return self.kind is SCALAR and self.value is None

    def is_empty(self) -> bool:
        """Whether it is a null that nobody wrote: a key with nothing behind it."""
        return self.is_null() and not self.tag and self.start is not None and self.start.index == self.end.index

    def is_blank(self) -> bool:
        """Whether its value is left out in braces: `{name: }`, which patches take for a null and kustomize prints as an empty text."""
        return (
            self.is_null() and self.text is not None and self.start is not None and self.start.index in self.text.blanks
        )

    def plain(self) -> Any:
        """The value as plain data."""
        if self.kind is MAPPING:
            return {name: node.plain() for name, node in self._value.items()}
        if self.kind is LIST:
            return [node.plain() for node in self._value]
        return self._value

    def __repr__(self) -> str:
        """In a message: the value of a scalar, and no more of a mapping or list than that it is one."""
        return {MAPPING: "{…}", LIST: "[…]"}.get(self.kind) or repr(self._value)

    def copy(self) -> RNode:
        """The same values with the same places, free to be changed; the original must stay as it is from now on."""
        new = RNode(self.kind, self._value, self.text, self.start, self.end)
        new._is_shared = self.kind is not SCALAR
        new.key, new.style, new.via, new.tag = self.key, self.style, self.via, self.tag
        return new

    def apart(self) -> RNode:
        """A copy of what may still change itself."""
        new = self.copy()
        if self.kind is MAPPING:
            new.value = {name: node.apart() for name, node in self._value.items()}
        elif self.kind is LIST:
            new.value = [node.apart() for node in self._value]
        return new

    def become(self, other: RNode) -> None:
        """Be what another scalar is, wherever this one stands: kustomize writes into the node that is there."""
        self.kind, self.value, self.text, self.start, self.end = SCALAR, other.value, other.text, other.start, other.end
        self.key = other.key or self.key
        self.style, self.via, self.tag = other.style, other.via, other.tag

    def said_by(self, source: RNode, role: str) -> RNode:
        """The node, with another place that had a hand in it."""
        if len(self.via) < 8:
            self.via = ((role, source), *self.via)
        return self

    def origin(self, role: str = "") -> Origin:
        """Where it was written."""
        place = Range(Position(1, 1), Position(1, 2))
        file, key = "", None
        if self.text is not None:
            file, place = self.text.file, self.text.range(self.start, self.end)
        if self.key is not None:
            key = self.key[0].range(self.key[1], self.key[2])
        via = tuple(node.origin(name) for name, node in self.via)
        literal = self.text is not None and self.text.literal and not self.via
        return Origin(file, place, key, literal, via, role)

    def origin_of_key(self) -> Origin:
        """Where its key was written, where it has one: what is wrong with a name stands at the name."""
        found = self.origin()
        return replace(found, value=found.key) if found.key is not None else found

    def walk(self) -> Iterator[RNode]:
        """The node and everything inside."""
        yield self
        for inner in self.value.values() if self.kind is MAPPING else self.items():
            yield from inner.walk()


@dataclass(frozen=True, slots=True)
class _TextMark:
    """A place in a text, as the parser's own marks have it."""

    index: int
    line: int
    column: int


def unreadable_at(error: NotReadable, text: str, source: PlacedText, listed: RNode | None) -> RNode | None:
    """The place where a text shows that it is no YAML, with what lists it beside it; without a mark that alone."""
    mark = error.mark
    if mark is None:
        return listed
    if mark.__class__ is int:
        at = min(mark, len(text))
        mark = _TextMark(at, text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1)
    node = RNode(SCALAR, None, source, mark, mark)
    if listed is not None:
        node.via = (("listed here", listed),)
    return node


def made(value: Any, source: RNode | None) -> RNode:
    """Plain data as nodes that stand where `source` stands: what a generator or transformer writes."""
    if isinstance(value, dict):
        node = RNode(MAPPING, {name: made(inner, source) for name, inner in value.items()})
    elif isinstance(value, list):
        node = RNode(LIST, [made(inner, source) for inner in value])
    else:
        node = RNode(SCALAR, value)
    if source is not None:
        node.text, node.start, node.end, node.key, node.via = (
            source.text,
            source.start,
            source.end,
            source.key,
            source.via,
        )
    return node


def word(text: str) -> Any:
    """A plain scalar as kyaml resolves it: YAML 1.1's yes, no, on and off stay text; dates become times."""
    if text in _WORDS_OF_1_1:
        return text
    if text[:4].isdigit() and text[4:5] == "-":
        return _time(text.replace(COLON, ":"))
    return scalar(text)


def _time(text: str) -> str:
    """A date as kustomize writes it; what only looks like one stays."""
    found = _DATE.match(text) or _TIME.match(text)
    if found is None:
        return text
    year, month, day = found.groups()[:3]
    parts = found.groups()[3:]
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return text
    if not parts:
        return f"{year}-{int(month):02}-{int(day):02}T00:00:00Z"
    hour, minute, second, fraction, zone = parts
    if (zone is None) == (text[10:11] in "Tt" or int(hour) > 23 or int(minute) > 59 or int(second) > 59):
        return text
    fraction = (fraction or "").rstrip("0").rstrip(".")
    zone = "Z" if zone in (None, "Z", "z", "+00:00") else zone
    return f"{year}-{int(month):02}-{int(day):02}T{int(hour):02}:{int(minute):02}:{int(second):02}{fraction}{zone}"


def read(
    text: str, source: PlacedText, *, old_words: bool = False, twice: list[tuple[str, RNode]] | None = None
) -> list[RNode]:
    """The documents of a text as nodes; empty ones are left out. Raises NotReadable.

    `old_words`: read as YAML 1.1, like kustomization.yaml. `twice` takes the keys that stand twice in a mapping, of which the
    last one holds; without it they are refused.
    """
    resolve = scalar if old_words else word
    if "\n..." in text:
        text = without_dropped(text)
    if text.startswith("%") and not old_words:
        raise NotReadable("kustomize reads no `%` directives", None)
    for _ in range(_MOST_COLONS):
        try:
            return _read(text, source, resolve, twice)
        except NotReadable as error:
            at = error.mark if error.mark.__class__ is int else -1
            if "unexpected ':'" not in error.message or text[at : at + 1] != ":":
                raise
            text = text[:at] + COLON + text[at + 1 :]  # `{a:b}` is one word to kustomize
    raise NotReadable("too many words with a colon inside of braces; put spaces after the colons", None)


def _read(text: str, source: PlacedText, resolve: Any, twice: list[tuple[str, RNode]] | None) -> list[RNode]:
    get = events(text)
    documents: list[RNode] = []
    try:
        while True:
            event = get()
            kind = event.__class__
            if kind is StreamEndEvent:
                return documents
            if kind is DocumentStartEvent:
                root = _Composer(get, source, resolve, twice).document()
                if root is not None and not root.is_null():
                    documents.append(root)
    except YAMLError as error:
        raise syntax(error, text) from None


_BEFORE_INDENTED = re.compile(r"(?m)^([^\s][^\n]*)(\n+)(?=[ \t])")
"""Where kustomize, which writes a folded text once more before it reads it, adds an empty line: before lines that are indented more."""
_IN_QUOTES = re.compile(r" (?:\n|\Z)|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\U00010000-\U0010ffff]")
"""What it writes in quotes instead: text with a space at the end of a line, and with signs that its YAML does not print."""


def _folded(text: str) -> str:
    """A folded text as kustomize has it after it has written it once; one that begins with a space it leaves alone."""
    if text[:1] in (" ", "\t") or _IN_QUOTES.search(text):
        return text
    return _BEFORE_INDENTED.sub(r"\1\n\2", text)


class _Composer:
    """Nodes of one document out of its events."""

    def __init__(self, get: Any, source: PlacedText, resolve: Any, twice: list[tuple[str, RNode]] | None) -> None:
        self.get, self.source, self.resolve, self.twice = get, source, resolve, twice
        self.has_slashes = source.has_slashes
        self.anchors: dict[str, RNode] = {}
        self.folded: dict[int, str] = {}  # folded texts as they are written, by the ids of their nodes
        self.left = MAX_NODES

    def document(self) -> RNode | None:
        root = None
        while True:
            event = self.get()
            if event.__class__ is DocumentEndEvent:
                if self.folded and root is not None:
                    self.keep_annotations(root)
                return root
            root = self.node(event, 0)

    def keep_annotations(self, root: RNode) -> None:
        """Give the annotations of an object, or of those in a list, their folded texts back: kustomize writes these anew itself."""
        for one in (root, *(items_of(root, "items") if root.kind is MAPPING else ())):
            annotations = one.at("metadata", "annotations")
            for node in annotations.value.values() if annotations is not None and annotations.kind is MAPPING else ():
                node.value = self.folded.get(id(node), node.value)

    def check_escapes(self, event: Any) -> None:
        """Refuse `\\/`, which JSON has and kustomize's YAML has not."""
        start, end = event.start_mark, event.end_mark
        rows = self.source.rows[start.line : end.line + 1]
        if any(re.search(r"(?<!\\)(?:\\\\)*\\/", row) for row in rows):
            raise NotReadable("`\\/` is no escape that kustomize knows; write `/`", start)

    def count(self, event: Any, size: int = 1) -> None:
        self.left -= size
        if self.left < 0:
            raise NotReadable("more values than a manifest can hold", event.start_mark)

    def node(self, event: Any, depth: int) -> RNode:
        if depth > MAX_DEPTH:
            raise NotReadable(f"nested deeper than {MAX_DEPTH} levels", event.start_mark)
        self.count(event)
        kind = event.__class__
        if kind is AliasEvent:
            target = self.anchors.get(event.anchor)
            if target is None:
                raise NotReadable(f"the alias *{event.anchor} names no anchor above it", event.start_mark)
            self.count(event, sum(1 for _ in target.walk()))
            return target.apart()
        if kind is ScalarEvent:
            plain = not event.style
            value = (self.resolve(event.value) if event.tag is None else tagged(event)) if plain else event.value
            if value.__class__ is float and self.resolve is word and not math.isfinite(value):
                raise NotReadable(f"`{event.value}` is no number that JSON has", event.start_mark)
            if event.style == '"' and self.has_slashes:
                self.check_escapes(event)
            if not plain and event.tag in _NUMBERS:
                value = self.resolve(event.value)
            node = RNode(SCALAR, value, self.source, event.start_mark, event.end_mark)
            if event.style == ">" and self.resolve is word:
                node.value = _folded(value)
                self.folded[id(node)] = value
            node.style = event.style or None
        elif kind is MappingStartEvent:
            node = self.mapping(event, depth)
        elif kind is SequenceStartEvent:
            items = []
            while (inner := self.get()).__class__ is not SequenceEndEvent:
                items.append(self.node(inner, depth + 1))
            node = RNode(LIST, items, self.source, event.start_mark, event.end_mark)
        else:
            raise NotReadable("a value is missing", event.start_mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def mapping(self, event: Any, depth: int) -> RNode:
        fields: dict[str, RNode] = {}
        merged: list[RNode] = []
        while (key := self.get()).__class__ is not MappingEndEvent:
            name_node = self.node(key, depth + 1)
            value = self.node(self.get(), depth + 1)
            if event.flow_style and self.resolve is word and value.is_empty():
                self.source.blanks.add(value.start.index)
            is_merge = name_node.value == "<<" and name_node.style is None
            if is_merge and name_node.kind is SCALAR:
                merged.extend(value.items() if value.kind is LIST else [value])
                continue
            if name_node.kind is not SCALAR:
                raise NotReadable("a key is a list or a mapping; keys are plain words", key.start_mark)
            name = key_text(name_node.value, key.start_mark)
            value.key = (self.source, key.start_mark, key.end_mark)
            if name in fields:
                if self.twice is None:
                    raise NotReadable(f"the key `{name}` stands twice in this mapping", key.start_mark)
                self.twice.append((name, value))
            fields[name] = value
        for other in merged:
            if other.kind is not MAPPING:
                raise NotReadable("<<: merges mappings only", event.start_mark)
            for name, inner in other.value.items():
                if name not in fields:
                    fields[name] = inner.apart()
        return RNode(MAPPING, fields, self.source, event.start_mark, event.end_mark)


def written(node: RNode) -> str:
    """The text of a scalar as it was written: what kustomize takes where it wants text."""
    if isinstance(node.value, str):
        return node.value
    source = node.text
    if source is not None and source.whole is None and node.style is None and node.start.line == node.end.line:
        row = source.rows[node.start.line] if node.start.line < len(source.rows) else ""
        found = row[node.start.column : node.end.column].strip()
        if found and word(found) == node.value:
            return found
    value = node.value
    if value is None or value.__class__ is bool:
        return "null" if value is None else str(value).lower()
    return json_number(value) if isinstance(value, float) and math.isfinite(value) else str(value)


def shown(node: RNode) -> str:
    """The text of a scalar; of a null, and of what is no scalar, nothing."""
    return "" if node.kind is not SCALAR or node.value is None else written(node)


def items_of(root: RNode, name: str) -> list[RNode]:
    """The items of a list field, those without a value left out."""
    found = root.get(name)
    return [item for item in found.items() if not item.is_null()] if found is not None else []


def is_true(holder: RNode | None, name: str) -> bool:
    """Whether a field is there and true."""
    found = holder.get(name) if holder is not None else None
    return found is not None and found.value is True


def inner_text(node: RNode) -> PlacedText:
    """The place of what a string holds: known sign by sign, or, where the two do not agree, the string's own."""
    assert node.text is not None
    source = node.text
    text = str(node.value)
    if source.whole is None:
        places = _places(node, source, text)
        if places is not None:
            return PlacedText(source.file, text, places, literal=source.literal and node.style == "|")
    return PlacedText(source.file, text, whole=source.range(node.start, node.end))


_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "_": "\xa0"}


def _places(node: RNode, source: PlacedText, text: str) -> Places | None:
    """The place of every sign of a string, however it is quoted or folded: all but blanks stand there in the same order."""
    signs = _signs(node, source)
    places: Places = [[]]
    line, column = source.place(node.start.line, node.start.column)
    for sign in text:
        if not sign.isspace():
            found = next(signs, None)
            if found is None or found[0] != sign:
                return None
            line, column = source.place(found[1], found[2])
        else:
            column += 1
        if sign == "\n":
            places.append([])
        else:
            places[-1].append((line, column))
    return places


def _signs(node: RNode, source: PlacedText) -> Iterator[tuple[str, int, int]]:
    """The signs of a string in its source but for blanks, quotes undone: (sign, line, column)."""
    style = node.style or ""
    block, quoted = style in ("|", ">"), style in ("'", '"')
    first = node.start.line + (1 if block else 0)
    for line in range(first, min(node.end.line + 1, len(source.rows))):
        row = source.rows[line]
        column = node.start.column + (1 if quoted else 0) if line == node.start.line else 0
        stop = len(row) if block or line != node.end.line else node.end.column - (1 if quoted else 0)
        while column < stop:
            sign, width = _sign(row, column, style)
            if sign and not sign.isspace():
                yield sign, line, column
            column += width


def _sign(row: str, column: int, style: str) -> tuple[str, int]:
    """The sign that is written at a column, and how many signs write it."""
    sign = row[column]
    if style == "'" and row.startswith("''", column):
        return sign, 2
    if style != '"' or sign != "\\":
        return sign, 1
    letter = row[column + 1 : column + 2]
    width = {"x": 2, "u": 4, "U": 8}.get(letter, 0)
    if width:
        code = row[column + 2 : column + 2 + width]
        try:
            return chr(int(code, 16)), 2 + width
        except (ValueError, OverflowError):
            return "", 2
    if letter in ("n", "t", "r", "N", "L", "P", "v", "f", " ", "\t"):
        return "", 2
    return _ESCAPES.get(letter, letter), 2
