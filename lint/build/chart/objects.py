"""The objects of a chart, and where each value of them was written: a mark of the rendered text is looked up in its spans.

Literal text stands at its line of the template; what an action printed, at the action, with the lines of the values that it read;
what toYaml printed of a value, at the lines of the values file; the actions that included it follow.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kubetrial.lint.build.chart.sources import SourceText, YamlFile
from kubetrial.lint.build.chart.template.provenance import line_begin
from kubetrial.lint.build.chart.template.text import SignOrigin, Span, SpannedText
from kubetrial.lint.build.origin import VALUE, Origin, Path
from kubetrial.lint.finding import Range
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.lint.yaml.document import Document

MOST_VALUES = 5
"""Of the values that an action read, so many are told."""
INCLUDED, PRINTED, WRITTEN = "included from here", "printed by this action", "printed here"
ROLES = frozenset((VALUE, INCLUDED, PRINTED, WRITTEN))


@dataclass(frozen=True)
class Map:
    """From signs of rendered texts to their sources: the templates by their names, and the places of values."""

    templates: dict[str, SourceText]
    values: Callable[[Path, str], Origin | None]

    def origin(self, text: SpannedText, start: int, end: int, *, container: bool = False) -> Origin | None:
        """Where the signs from `start` to `end` come from; `container`: they begin a mapping or list."""
        found = text.origin_at(start)
        if found is None or found.file not in self.templates:
            return None
        if found.origin.value is not None:
            return self._of_value(found, container)
        if not found.origin.literal:
            return self._of_action(found, self._others(text, start, end, found.origin.reads))
        source = self.templates[found.file]
        last = text.origin_at(max(end - 1, start))
        whole = (
            last is not None
            and last.origin == found.origin
            and last.offset - found.offset == max(end - 1, start) - start
        )
        stop = found.offset + end - start if whole else self._literal_end(text, start, found)
        made = source.origin(source.range(found.offset, stop), None, whole and not container and not found.origin.again)
        return replace(made, via=(*made.via, *self._others(text, start, end), *self._chain(found)))

    def including(self, text: SpannedText, start: int, origin: Origin) -> Origin:
        """A value on one line with its key, where another template printed it: it stands at the action that included it.

        A name that a helper makes is the value of many fields; what is wrong with one of them is wrong at its action.
        """
        found = text.origin_at(start)
        before = start - 1
        while before >= 0 and text[before] in " \"'":
            before -= 1
        around = text.origin_at(before) if before >= 0 and text[before] in ":-" else None
        if found is None or around is None or found.origin.value is not None:
            return origin
        depth = len(around.origin.via)
        chain = found.origin.via
        if len(chain) <= depth or chain[:depth] != around.origin.via or chain[depth][0] != around.file:
            return origin
        file, offset = chain[depth]
        source = self.templates.get(file)
        if source is None:
            return origin
        made = source.origin(action_range(source, offset), None, False)
        inner = replace(origin, via=(), key=None, role=origin.role or WRITTEN)
        others = (one for one in origin.via if (one.file, one.value) != (made.file, made.value))
        return replace(made, via=(*made.via, inner, *others))

    def _literal_end(self, text: SpannedText, start: int, found: SignOrigin) -> int:
        """The place in the template behind the literal text that stands at a sign."""
        index = bisect_right(text.spans, start, key=_start_of)
        following = text.spans[index][0] if index < len(text.spans) else len(text)
        return found.offset + following - start

    def _others(self, text: SpannedText, start: int, end: int, told: tuple[Path, ...] = ()) -> Iterator[Origin]:
        """The values that further actions put into a text; `told` are those of the first."""
        seen = set(told)
        for begin, _, origin in text.spans[bisect_right(text.spans, start, key=_start_of) :]:
            if begin >= end or len(seen) - len(told) >= MOST_VALUES:
                break
            for path in origin.reads if not origin.literal else ():
                if path not in seen:
                    seen.add(path)
                    yield from self._values_of((path,))

    def _of_value(self, found: SignOrigin, container: bool) -> Origin:
        """What toYaml printed: the value's own place, else the action's."""
        path = found.origin.value or ()
        if container and found.origin.is_key and path:
            path = path[:-1]
        at = self.values(path, "")
        action = self._of_action(found)
        if at is None:
            return action
        by = replace(action, via=(), role=PRINTED)
        return replace(at, via=(*at.via, by, *self._chain(found)))

    def _of_action(self, found: SignOrigin, others: Iterable[Origin] = ()) -> Origin:
        source = self.templates[found.file]
        made = source.origin(action_range(source, found.offset), None, False)
        return replace(made, via=(*made.via, *self._values_of(found.origin.reads), *others, *self._chain(found)))

    def _values_of(self, reads: tuple[Path, ...]) -> Iterator[Origin]:
        told = 0
        for path in reads:
            at = self.values(path, VALUE)
            if at is not None and told < MOST_VALUES:
                told += 1
                yield replace(at, via=())

    def _chain(self, found: SignOrigin) -> Iterator[Origin]:
        """The actions that included this text, nearest first."""
        for file, offset in reversed(found.origin.via):
            source = self.templates.get(file)
            if source is not None and (file, offset) != (found.file, found.offset):
                yield source.origin(action_range(source, offset), None, False, INCLUDED)


_BLANK, _BLANK_IN_LINE = " \t\r\n\"'", " \t\"'"


def pieces(
    templates: Mapping[str, SourceText], text: SpannedText, start: int, end: int, over_lines: bool = False
) -> Iterator[PrintedPiece]:
    """What actions put between two signs of a rendered text, and, printing nothing, behind it on its line, or on further ones too."""
    spans = text.spans
    first = max(bisect_right(spans, start, key=_start_of) - 1, 0)
    while first > 0 and spans[first - 1][0] == spans[first][0] == start:
        first -= 1
    for index in range(first, len(spans)):
        begin, offset, origin = spans[index]
        stop = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        if begin >= end and text[end:begin].strip(_BLANK if over_lines else _BLANK_IN_LINE):
            break
        source = templates.get(origin.file)
        reads = origin.reads if origin.value is None else (*origin.reads, origin.value)
        if origin.literal or not reads or source is None or (stop <= start and begin < start):
            continue
        close = source.text.find("}}", offset)
        action = source.text[offset : close + 2 if close >= 0 else offset + 2]
        printed = text[max(begin, start) : min(stop, end)] if begin < end else text[begin:stop].strip()
        is_branch = begin == stop and re.match(r"\{\{-?\s*(?:else\s+)?(?:if|with|range)\b", action) is not None
        begins_line = not source.text[source.text.rfind("\n", 0, offset) + 1 : offset].strip()
        if begins_line and begin >= end > start and not over_lines:
            continue  # it belongs to the next line, however it trims the end of this one
        yield PrintedPiece(origin.file, offset, action, reads, printed, is_branch, begins_line)


def _start_of(span: Span) -> int:
    return span[0]


def action_range(source: SourceText, offset: int) -> Range:
    """From the braces of an action to those that close it, on its first line."""
    end = source.text.find("}}", offset)
    return source.range(offset, end + 2 if end >= 0 else offset + 2)


class PrintedPiece(NamedTuple):
    """What one action put into an object: its template and place there, its words, the values that it read, what it printed of them.

    `silent`: a branch that was not taken, for what it tests is not there; `begins_line`: its action stands first on its line.
    """

    file: str
    offset: int
    action: str
    reads: tuple[Path, ...]
    text: str
    silent: bool
    begins_line: bool


class RenderedObject:
    """An object that a template printed."""

    __slots__ = ("_begins", "_document", "_fallback", "_map", "_text", "hook", "template")

    def __init__(self, document: Document, text: SpannedText, sources: Map, template: str, hook: Any) -> None:
        self._document, self._text, self._map, self.template, self.hook = document, text, sources, template, hook
        self._begins = line_begin(text, document.line)
        self._fallback: Origin | None = None

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data."""
        return self._document.value  # type: ignore[no-any-return]

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        place, exact = self._document.find(path)
        is_container = place.children is not None
        value = self._origin(place.start.index, place.end.index, is_container) or self._nowhere()
        if not is_container:
            value = self._map.including(self._text, place.start.index + self._begins, value)
        if place.key_start is None:
            return value, exact
        key = self._origin(place.key_start.index, place.key_end.index, False) or self._nowhere()
        if is_container:
            # What a mapping says stands where its key does; what stands in it has places of its own.
            others = (replace(value, via=(), role=VALUE),) if value.file != key.file else ()
            return replace(
                key, key=key.value if key.key is None else key.key, literal=False, via=(*others, *key.via)
            ), exact
        if key.file == value.file:
            return replace(value, key=key.key or key.value), exact
        return replace(value, key=None, key_at=key), exact

    def reads(self, path: Path, about_key: bool = False) -> set[Path]:
        """The values that actions read to print what stands at a path, its key and all that stands in it; or the key alone."""
        place, _ = self._document.find(path)
        first = place.key_start if place.key_start is not None else place.start
        start, end = first.index + self._begins, place.end.index + self._begins
        if about_key and place.key_end is not None:
            end = place.key_end.index + self._begins
        # What printed nothing stands behind the last sign, on the same line.
        line_end = self._text.find("\n", end)
        behind = line_end if line_end >= 0 else len(self._text)
        found: set[Path] = set()
        spans = self._text.spans
        for begin, _, origin in spans[max(bisect_right(spans, start, key=_start_of) - 1, 0) :]:
            if begin >= end and (begin > behind or origin.literal or about_key):
                break
            found.update(origin.reads)
            if origin.value is not None:
                found.add(origin.value)
        return found

    def indent(self, path: Path) -> int:
        """How far the key of a path is indented; -1 for an item of a list."""
        place, _ = self._document.find(path)
        return place.key_start.column if place.key_start is not None else -1

    def pieces(self, path: Path, absent: bool = False) -> tuple[list[PrintedPiece], bool]:
        """What actions put where a path is, its key aside, and True; where there is no such path, into its nearest ancestor, and False.

        What printed nothing stands behind the last sign; where nothing stands, or `absent` asks for what is not there, all up to the
        next sign counts.
        """
        place, exact = self._document.find(path)
        start, end = place.start.index + self._begins, place.end.index + self._begins
        over_lines = absent or not exact or start >= end
        return list(pieces(self._map.templates, self._text, start, end, over_lines)), exact

    def _origin(self, start: int, end: int, container: bool) -> Origin | None:
        return self._map.origin(self._text, start + self._begins, end + self._begins, container=container)

    def _nowhere(self) -> Origin:
        """The beginning of the template, for text that nothing is known of."""
        if self._fallback is None:
            source = self._map.templates[self.template]
            self._fallback = source.origin(source.range(0, 1), None, False)
        return self._fallback


class FileObject:
    """An object of crds/, which stands in its file as it is applied."""

    __slots__ = ("_document", "_file", "hook", "template")

    def __init__(self, document: Document, file: YamlFile, template: str) -> None:
        self._document, self._file, self.template, self.hook = document, file, template, None

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data."""
        return self._document.value  # type: ignore[no-any-return]

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        place, exact = self._document.find(path)
        key = self._document.key_range(place) if place.key_start is not None else None
        literal = place.children is None and exact
        return self._file.source.origin(self._document.value_range(place), key, literal), exact
