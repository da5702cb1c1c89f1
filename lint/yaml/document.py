"""A document of a file and the places of everything in it, made on demand: plain values come first, places only for findings."""

from __future__ import annotations

import functools
from typing import Any

from kubetrial.lint.finding import Fix, Position, Range
from kubetrial.lint.records import dataclass
from kubetrial.lint.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    events,
)
from kubetrial.lint.yaml.scalars import key_text, scalar, tagged


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be read, or a mistake of its text; the place is inside the file."""

    rule: str  # yaml-syntax | key-duplicate
    message: str
    range: Range
    path: str = ""
    first: Range | None = None  # of a duplicate key: where the key stands first
    fix: Fix | None = None
    help: str = ""
    consequence: str = ""


class Place:
    """Where one value stands: its own range, the range of its key, and the places inside it."""

    __slots__ = ("children", "end", "key_end", "key_start", "start", "style")

    def __init__(self, start: Any, end: Any, style: str | None) -> None:
        self.start = start
        self.end = end
        self.style = style  # of a scalar: None plain, ' " | >
        self.key_start: Any = None
        self.key_end: Any = None
        self.children: dict[str | int, Place] | None = None


class Document:
    """One YAML document: its value, and on demand the places of everything in it."""

    __slots__ = ("_places", "file", "index", "is_torn", "line", "marked", "text", "value")

    def __init__(self, file: str, index: int, line: int, text: str, value: Any, marked: int = -1) -> None:
        self.marked = marked  # the line of the document, from 0, whose byte order mark `text` does not have
        self.file = file
        self.index = index
        self.line = line  # of the document's first line in its file, from 0
        self.text = text
        self.value = value
        self.is_torn = False  # a separator is missing in it: what it reads as is nobody's object, and not mended
        self._places: Place | None = None

    def holding(self, value: Any) -> Document:
        """The same document with another value, such as one with variables filled in."""
        if value is self.value:
            return self
        other = Document(self.file, self.index, self.line, self.text, value, self.marked)
        other.is_torn, other._places = self.is_torn, self._places
        return other

    @property
    def places(self) -> Place:
        """The tree of places, made when it is first asked for."""
        if self._places is None:
            self._places = Placer(self.text).root
        return self._places

    def find(self, path: tuple[str | int, ...]) -> tuple[Place, bool]:
        """The place of a path and True, or of its nearest existing ancestor and False."""
        place = self.places
        for key in path:
            inner = place.children.get(key) if place.children is not None else None
            if inner is None:
                return place, False
            place = inner
        return place, True

    def file_of(self, place: Place, key: bool = False) -> str:
        """The file that a value (or its key) stands in; of built objects it is that of the source."""
        return self.file

    def value_range(self, place: Place) -> Range:
        """The range of a value; of a collection only its first line, so that reports show one line."""
        return self._range(place.start, place.end, place)

    def key_range(self, place: Place) -> Range:
        """The range of a value's key; of a list item or the root, of the value itself."""
        if place.key_start is None:
            return self.value_range(place)
        return self._range(place.key_start, place.key_end, None)

    def _range(self, start: Any, end: Any, place: Place | None) -> Range:
        mark = int(start.line == self.marked)
        first = Position(start.line + self.line + 1, start.column + 1 + mark)
        if end.line == start.line and end.column > start.column:
            return Range(first, Position(first.line, end.column + 1 + mark))
        return Range(first, Position(first.line, self._line_end(start) + mark))

    def _line_end(self, mark: Any) -> int:
        """The column after the last character of the mark's line that is not blank or comment-like space."""
        begin = mark.index
        stop = len(self.text)
        for newline in "\n", "\r":
            at = self.text.find(newline, begin)
            if at >= 0:
                stop = min(stop, at)
        return max(int(mark.column) + 1 + len(self.text[begin:stop].rstrip()), int(mark.column) + 2)


MERGE = object()


class Placer:
    """Builds the tree of places of a text that is known to be readable."""

    def __init__(self, text: str) -> None:
        self.duplicates: list[tuple[tuple[str | int, ...], str, Any, Any, Any]] = []
        self.root = self._build(events(text))

    def _build(self, get: Any) -> Place:
        anchors: dict[str, Place] = {}
        values: dict[str, Any] = {}
        stack: list[tuple[Place, bool, Any, tuple[str | int, ...]]] = []
        place: Place | None = None  # the collection being filled
        mapping = False
        key: Any = None
        path: tuple[str | int, ...] = ()
        root: Place | None = None
        own: set[tuple[int, Any]] = set()  # (mapping, key) of what a mapping says itself, not through `<<`
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent:
                if mapping and key is None and event.anchor is None:
                    key = self._key_of(event, kind, values)  # it needs no place: that of its value holds it
                    continue
                done = Place(event.start_mark, event.end_mark, event.style or None)
                if event.anchor is not None:
                    anchors[event.anchor] = done
                    values[event.anchor] = event
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                opened = Place(event.start_mark, event.end_mark, "{" if event.flow_style else None)
                opened.children = {}
                if event.anchor is not None:
                    anchors[event.anchor] = opened
                if place is not None:
                    stack.append((place, mapping, key, path))
                    if mapping and key is not None:
                        path = (*path, key[0])
                    elif not mapping:
                        path = (*path, len(place.children or ()))
                else:
                    stack.append((opened, False, None, ()))
                place, mapping, key = opened, kind is MappingStartEvent, None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                assert place is not None
                done = place
                done.end = event.end_mark
                outer, mapping, key, path = stack.pop()
                place = outer if outer is not done else None
            elif kind is AliasEvent:
                target = anchors[event.anchor]
                # An alias stands where it is written; what is inside it stands where the anchor is.
                done = Place(event.start_mark, event.end_mark, target.style)
                done.children = target.children
            elif kind is DocumentEndEvent or kind is StreamEndEvent:
                break
            else:
                continue
            if place is None:
                root = done
            elif not mapping:
                assert place.children is not None
                place.children[len(place.children)] = done
            elif key is None:
                key = self._key_of(event, kind, values)
            else:
                name, start, end = key
                assert place.children is not None
                if name is MERGE:
                    inner = list((done.children or {}).values()) if _is_list(done) else [done]
                    for merged in reversed(inner):
                        place.children.update(merged.children or {})
                        own.difference_update((id(place), each) for each in merged.children or {})
                else:
                    if (id(place), name) in own:
                        self.duplicates.append((path, name, place.children[name], start, end))
                    own.add((id(place), name))
                    done.key_start, done.key_end = start, end
                    place.children[name] = done
                key = None
        assert root is not None
        return root

    @staticmethod
    def _key_of(event: Any, kind: Any, values: dict[str, Any]) -> tuple[Any, Any, Any]:
        named = values.get(event.anchor, event) if kind is AliasEvent else event
        plain = named.style is None or named.style == ""
        if plain and named.tag is None:
            name = plain_key(named.value)
        else:
            name = key_text(tagged(named), None)
        return name, event.start_mark, event.end_mark


@functools.lru_cache(maxsize=1024)
def plain_key(text: str) -> Any:
    """The key that a plain scalar is; the same few come again in every document."""
    return MERGE if text == "<<" else key_text(scalar(text), None)


def _is_list(place: Place) -> bool:
    return bool(place.children) and 0 in (place.children or {})
