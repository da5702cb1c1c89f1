"""A document of a file and the places of everything in it, made on demand: plain values come first, places only for findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubetrial.lint.values.places import Fix, Position, Range
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.place import Place

if TYPE_CHECKING:
    from kubetrial.lint.yaml.lines import Known


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
    refused: bool = True  # by the API server, and not only by kubectl


MOST_LOOKS = 40
"""So many places of a document are looked for one by one; for more of them its tree of places costs less."""


class Document:
    """One YAML document: its value, and on demand the places of everything in it."""

    __slots__ = (
        "_known",
        "_looks",
        "_places",
        "_ranges",
        "file",
        "index",
        "is_torn",
        "line",
        "marked",
        "text",
        "value",
    )

    has_sources = False
    """Whether its values stand in other files, which it is built of."""

    def __init__(self, file: str, index: int, line: int, text: str, value: Any, marked: int = -1) -> None:
        self.marked = marked  # the line of the document, from 0, whose byte order mark `text` does not have
        self.file = file
        self.index = index
        self.line = line  # of the document's first line in its file, from 0
        self.text = text
        self.value = value
        self.is_torn = False  # a separator is missing in it: what it reads as is nobody's object, and not mended
        self._places: Place | None = None
        self._known: Known | None = None  # where mappings and lists were found in its lines
        self._ranges: dict[tuple[tuple[str | int, ...], bool], Range | None] | None = (
            None  # of what was looked for there
        )
        self._looks = 0  # how often a place may still be looked for in its lines

    def read_by_lines(self) -> None:
        """Note that the document was read line by line: then the place of a value may be looked for so too."""
        self._looks = MOST_LOOKS if self.marked < 0 else 0

    def holding(self, value: Any) -> Document:
        """The same document with another value, such as one with variables filled in."""
        if value is self.value:
            return self
        other = Document(self.file, self.index, self.line, self.text, value, self.marked)
        other.is_torn, other._places = self.is_torn, self._places
        return other

    @property
    def release(self) -> str:
        """The name of the release that a chart was rendered for, where nobody chose it; "" for what no chart has made."""
        return ""

    @property
    def places(self) -> Place:
        """The tree of places, made when it is first asked for."""
        if self._places is None:
            self._places = _places(self.text)
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

    def range_in_lines(self, path: tuple[str | int, ...], of_key: bool) -> Range | None:
        """The range of a value or its key, as `find` and `value_range` give it, from its lines; None where they do not tell.

        Most documents have few findings: their places cost more than all else that is said of them. For many findings the tree is made.
        """
        if not self._looks or self._places is not None:
            return None
        known, value = 0, self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                break
            known += 1
        if self._ranges is None:
            self._ranges = {}
        asked = path[:known], of_key or known < len(path)
        if asked not in self._ranges:
            self._looks -= 1
            self._ranges[asked] = self._looked_up(*asked)
        return self._ranges[asked]

    def _looked_up(self, path: tuple[str | int, ...], of_key: bool) -> Range | None:
        """The range of what stands at a path, or of its key, from the lines."""
        from kubetrial.lint.yaml.lines import spot

        if self._known is None:
            self._known = {}
        found = spot(self.text, self.value, path, self._known)
        if found is None:
            return None
        if of_key and found.key is not None:
            return self._range_between(found.key, found.key_end)
        return self._range_between(found.start, found.end) if found.start >= 0 else None

    def _range_between(self, start: int, end: int | None) -> Range:
        column = start - (self.text.rfind("\n", 0, start) + 1)
        first = Position(self.text.count("\n", 0, start) + self.line + 1, column + 1)
        last = self._line_end(start, column) if end is None else column + 1 + end - start
        return Range(first, Position(first.line, last))

    def file_of(self, place: Place, key: bool = False) -> str:
        """The file that a value (or its key) stands in; of built objects it is that of the source."""
        return self.file

    def written(self, path: tuple[str | int, ...], of_key: bool = False) -> tuple[Range, str] | None:
        """Of a built object: where a source writes a value (or its key) literally, and the text there; else None."""
        return None

    def behind(self, path: tuple[str | int, ...]) -> tuple[str, Range, str] | None:
        """Of a built object: the source whose value is printed at a path as it is, the place there, and the text; else None."""
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
        return Range(first, Position(first.line, self._line_end(start.index, int(start.column)) + mark))

    def _line_end(self, begin: int, column: int) -> int:
        """The column after the last character of a mark's line that is not blank or comment-like space."""
        stop = len(self.text)
        for newline in "\n", "\r":
            at = self.text.find(newline, begin)
            if at >= 0:
                stop = min(stop, at)
        return max(column + 1 + len(self.text[begin:stop].rstrip()), column + 2)


def _places(text: str) -> Place:
    """The tree of places of a text that could be read."""
    from kubetrial.lint.yaml.events import YAMLError
    from kubetrial.lint.yaml.parsed import by_events
    from kubetrial.lint.yaml.placer import Placer

    try:
        return Placer(text).root
    except YAMLError:  # it was read by lines, and has a colon glued to a word in brackets
        return Placer(by_events(text)[0]).root
