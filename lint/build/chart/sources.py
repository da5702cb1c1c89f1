"""The texts of a chart, and where their signs stand: offsets become lines and columns, and YAML files are read once."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from typing import Any

from kubetrial.lint.build.chart.coalesce import laid_over
from kubetrial.lint.build.chart.refusal import FIRST
from kubetrial.lint.build.origin import Origin, Path
from kubetrial.lint.finding import Position, Range
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.source import Source, read

_LINE_END = re.compile(r"\n")
_EMPTY_FIRST = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*---[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*---(?:\s|\Z)")
"""The begin of a text whose first document is there, between two marks, and holds nothing."""


class SourceText:
    """A text and its file; what lies in an archive is shown at `stands_at`, the line that brings the archive in."""

    def __init__(self, file: str, text: str, stands_at: Origin | None = None, inside: str = "") -> None:
        self.file, self.text, self.stands_at, self.inside = file, text, stands_at, inside

    @functools.cached_property
    def starts(self) -> list[int]:
        """The offsets of the first signs of all lines."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """The line and column of a sign."""
        line = bisect_right(self.starts, offset) - 1
        return Position(line + 1, offset - self.starts[line] + 1)

    def range(self, start: int, end: int) -> Range:
        """From a sign up to another one, on one line: reports show one."""
        line_end = self.text.find("\n", start)
        end = min(max(end, start + 1), line_end if line_end > start else max(end, start + 1))
        first = self.position(start)
        return Range(first, Position(first.line, first.column + end - start))

    def origin(self, place: Range, key: Range | None = None, literal: bool = True, role: str = "") -> Origin:
        """The origin of what stands at a place of this text."""
        if self.stands_at is None:
            return Origin(self.file, place, key, literal, (), role)
        at = self.stands_at
        said = f"{self.file}: {self.inside}:{place.start.line}"
        if role:
            return Origin(at.file, at.value, at.key, False, (), f"{role} ({said})")
        inside = Origin(at.file, at.value, None, False, (), f"it stands in {said}")
        return Origin(at.file, at.value, at.key, False, (inside,), f"brings in {said}")


class YamlFile:
    """A YAML file of a chart: its first document as plain data, with the places of all in it.

    `is_whole`: its later documents lie over it, as Helm 4 reads values files.
    """

    def __init__(self, source: SourceText, is_whole: bool = False) -> None:
        self.source, self.is_whole = source, is_whole

    def whole(self) -> YamlFile:
        """The file with all its documents."""
        is_more = len(self.read.documents) > 1 or _EMPTY_FIRST.match(self.source.text) is not None
        return YamlFile(self.source, is_whole=True) if is_more else self

    @property
    def key(self) -> str:
        """What tells the file from all others, and from templates."""
        return f"{self.source.file}:{self.source.inside}"

    @functools.cached_property
    def read(self) -> Source:
        """What the reader of YAML says of the text."""
        return read(self.source.file, self.source.text)

    @property
    def document(self) -> Document | None:
        """The first document, or None where there is nothing (or nothing readable)."""
        found = self.read
        if not self.is_whole and _EMPTY_FIRST.match(self.source.text) is not None:
            return None
        return found.documents[0] if found.documents and found.documents[0].index == 0 else None

    def fault(self) -> tuple[str, Origin] | None:
        """Why the first document cannot be read, and where."""
        if not self.is_whole and _EMPTY_FIRST.match(self.source.text) is not None:
            return None
        for index, problem in self.read.problems:
            if index == 0 and problem.rule != "key-duplicate" and self.document is None:
                return problem.message, self.source.origin(problem.range)
        return None

    def value(self) -> Any:
        """The first document as plain data, or all, the later ones over it."""
        document = self.document
        if not self.is_whole or document is None:
            return document.value if document is not None else None
        values: dict[str, Any] = {}
        for one in self.read.documents:
            values = laid_over(values, one.value) if isinstance(one.value, dict) else values
        return values

    def origin(self, path: Path, role: str = "", exact: bool = False) -> Origin | None:
        """The place of a path, or of its nearest ancestor; with `exact`, None where there is no such path."""
        document = self.document
        if document is None:
            return None if exact else self.source.origin(FIRST, None, False, role)
        if self.is_whole:
            document = next((one for one in reversed(self.read.documents) if one.find(path)[1]), document)
        place, found = document.find(path)
        if exact and not found:
            return None
        key = document.key_range(place) if place.key_start is not None else None
        return self.source.origin(document.value_range(place), key, found and place.children is None, role)
