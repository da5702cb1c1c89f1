"""A document of a file and the places of everything in it, made on demand: plain values come first, places only for findings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from kubetrial.lint.values.places import Fix, Position, Range
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
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

    def written(self, path: tuple[str | int, ...], of_key: bool = False) -> tuple[Range, str] | None:
        """Of a built object: where a source writes a value (or its key) literally, and the text there; else None."""
        return None

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


Key = tuple[Any, Any, Any]
"""A key that waits for its value: its name (or MERGE), and the marks where it begins and ends."""


class Placer:
    """Builds the tree of places of a text that is known to be readable."""

    def __init__(self, text: str) -> None:
        self.duplicates: list[tuple[tuple[str | int, ...], str, Any, Any, Any]] = []
        self._own: set[tuple[int, Any]] = set()  # (mapping, key) of what a mapping says itself, not through `<<`
        self._anchors: dict[str, Place] = {}
        self._named: dict[str, Any] = {}  # anchor -> the scalar's event: a key may be an alias
        get = events(text)
        get(), get()  # the starts of the stream and of the document
        self.root = self._build(get)

    def _build(self, get: Callable[[], Any]) -> Place:
        """The place of the value whose events come next, with all that is in it."""
        stack: list[tuple[Place | None, bool, Key | None, tuple[str | int, ...]]] = []
        place: Place | None = None  # the collection being filled
        mapping = False
        key: Key | None = None
        path: tuple[str | int, ...] = ()
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent and mapping and key is None and event.anchor is None:
                key = self._key_of(event)  # it needs no place: that of its value holds it
                continue
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((place, mapping, key, path))
                if place is not None:
                    path = (*path, len(place.children or ()) if key is None else key[0])
                place, mapping, key = self._opened(event), kind is MappingStartEvent, None
                continue
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                assert place is not None
                done = place
                done.end = event.end_mark
                place, mapping, key, path = stack.pop()
            else:
                done = self._leaf(event)
            if place is None:
                return done
            assert place.children is not None
            if not mapping:
                place.children[len(place.children)] = done
            elif key is None:
                key = self._key_of(event)
            else:
                self._put(place, path, key, done)
                key = None

    def _opened(self, event: Any) -> Place:
        """The place of a collection that begins."""
        opened = Place(event.start_mark, event.end_mark, "{" if event.flow_style else None)
        opened.children = {}
        if event.anchor is not None:
            self._anchors[event.anchor] = opened
        return opened

    def _leaf(self, event: Any) -> Place:
        """The place of a scalar or of an alias: that stands where it is written, and what is inside it where the anchor is."""
        if event.__class__ is AliasEvent:
            target = self._anchors[event.anchor]
            done = Place(event.start_mark, event.end_mark, target.style)
            done.children = target.children
            return done
        done = Place(event.start_mark, event.end_mark, event.style or None)
        if event.anchor is not None:
            self._anchors[event.anchor] = done
            self._named[event.anchor] = event
        return done

    def _put(self, place: Place, path: tuple[str | int, ...], key: Key, done: Place) -> None:
        """Put a value's place into that of its mapping, or what `<<` brings."""
        name, start, end = key
        assert place.children is not None
        if name is MERGE:
            inner = list((done.children or {}).values()) if _is_list(done) else [done]
            for merged in reversed(inner):
                place.children.update(merged.children or {})
                self._own.difference_update((id(place), each) for each in merged.children or {})
            return
        if (id(place), name) in self._own:
            self.duplicates.append((path, name, place.children[name], start, end))
        self._own.add((id(place), name))
        done.key_start, done.key_end = start, end
        place.children[name] = done

    def _key_of(self, event: Any) -> Key:
        named = self._named.get(event.anchor, event) if event.__class__ is AliasEvent else event
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
