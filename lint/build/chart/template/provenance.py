"""Which values of values.yaml stand behind the values that templates pass about.

A container of the values has a path, known by its identity. One that a template makes (`dict`, `list`, `merge`…) has none: here stands
which values each of its entries came from, so that `include "x" (dict "port" .Values.port)` still knows the line of the port.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kubetrial.lint.build.chart.template.text import Path, SignOrigin, SpannedText
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.source import read

Reads = tuple[Path, ...]
MAX_READS = 32
"""So many values are remembered for one action."""
ALL = object()
"""The key of what stands behind every entry that has nothing of its own."""


class ReadText:
    """A text that fromYaml or fromJson has read: it is looked into again only when somebody asks where a part of it stands."""

    __slots__ = ("_document", "_text")

    def __init__(self, text: SpannedText) -> None:
        self._text = text
        self._document: Document | bool | None = False  # not looked for yet

    def found(self, path: Path, is_key: bool) -> tuple[SignOrigin, str] | None:
        """Where the value at a path, or its key, was written, and how."""
        if self._document is False:
            documents = read("", str(self._text)).documents
            self._document = documents[0] if documents else None
        document = self._document
        if not isinstance(document, Document):
            return None
        place, exact = document.find(path)
        if not exact or (is_key and place.key_start is None):
            return None
        start, end = (place.key_start, place.key_end) if is_key else (place.start, place.end)
        begin = line_begin(self._text, document.line)
        where = self._text.origin_at(start.index + begin)
        return None if where is None else (where, self._text[start.index + begin : end.index + begin])


class WrittenPart(NamedTuple):
    """Where a part of a text that was read stands in it."""

    parsed: ReadText
    path: Path


class Provenance:
    """What is known of containers during one rendering."""

    __slots__ = ("_alive", "_made", "_paths", "_written")

    def __init__(self, paths: Mapping[int, Path]) -> None:
        self._paths = dict(paths)
        self._made: dict[int, dict[Any, Reads | WrittenPart]] = {}
        self._written: dict[int, WrittenPart] = {}
        self._alive: list[Any] = []  # an identity must not be given to another object meanwhile

    def path(self, container: Any) -> Path | None:
        """The path of a container of the values."""
        return self._paths.get(id(container))

    def knows(self, container: Any) -> bool:
        """Whether anything is known of a container."""
        return id(container) in self._paths or id(container) in self._made

    def is_traced(self, container: Any) -> bool:
        """Whether it is known where parts of a container stand: in the values, or in a text that was read."""
        return self.knows(container) or id(container) in self._written

    def entry(self, container: Any, key: Any) -> Reads:
        """The values behind an entry of a container."""
        behind = self._behind(container, key)
        return () if isinstance(behind, WrittenPart) else behind

    def _behind(self, container: Any, key: Any) -> Reads | WrittenPart:
        """The values behind an entry of a container, or where it stands in a text that was read."""
        made = self._made.get(id(container))
        if made is not None:
            found = made.get(key)
            if found is not None:
                return found
            found = made.get(ALL)
            if found is not None:
                return found
        path = self._paths.get(id(container))
        if path is not None:
            return ((*path, key),)
        written = self._written.get(id(container))
        return () if written is None else WrittenPart(written.parsed, (*written.path, key))

    def put(self, container: Any, key: Any, reads: Iterable[Path]) -> None:
        """An entry of a container comes from values."""
        self._put(container, key, leaves(reads))

    def _put(self, container: Any, key: Any, behind: Reads | WrittenPart) -> None:
        made = self._made.get(id(container))
        if made is None:
            made = self._made[id(container)] = {}
            self._alive.append(container)
        made[key] = behind

    def move(self, target: Any, source: Any, key: Any) -> None:
        """An entry of a container is that of another one."""
        behind = self._behind(source, key)
        if behind or self.is_traced(target):
            self._put(target, key, behind)

    def parsed(self, made: Any, text: SpannedText) -> None:
        """What a function read from a text that knows its places."""
        parsed = ReadText(text)
        waiting: list[tuple[Any, Path]] = [(made, ())]
        while waiting:
            one, path = waiting.pop()
            self._written[id(one)] = WrittenPart(parsed, path)
            self._alive.append(one)
            items = one.items() if isinstance(one, dict) else enumerate(one)
            waiting.extend((inner, (*path, key)) for key, inner in items if isinstance(inner, (dict, list)))

    def same(self, copy: Any, original: Any) -> None:
        """A copy of all levels stands for its original."""
        waiting = [(copy, original)]
        while waiting:
            one, other = waiting.pop()
            if not isinstance(one, (dict, list)) or type(one) is not type(other):
                continue
            path, made, written = self._paths.get(id(other)), self._made.get(id(other)), self._written.get(id(other))
            self._alive.append(one)
            if written is not None:
                self._written[id(one)] = written
            if path is not None:
                self._paths[id(one)] = path
            if made is not None:
                self._made[id(one)] = dict(made)
            if isinstance(one, dict):
                waiting.extend(
                    (inner, other[key])
                    for key, inner in one.items()
                    if isinstance(inner, (dict, list)) and key in other
                )
            else:
                waiting.extend(pair for pair in zip(one, other, strict=False) if isinstance(pair[0], (dict, list)))

    def shown(
        self, value: Any, below: Sequence[str | int], reads: Reads, is_key: bool = False
    ) -> tuple[Path | None, Reads, tuple[SignOrigin, str] | None]:
        """What is known of what stands `below` a value: its path in the values, the values behind it, where a text wrote it.

        `reads` is what stands behind the value itself.
        """
        path = self.path(value)
        behind: Reads | WrittenPart = ()
        for key in below:
            behind = self._behind(value, key)
            found = () if isinstance(behind, WrittenPart) else behind
            if isinstance(value, dict):
                value = value.get(key)
            else:
                value = value[key] if isinstance(value, list) and isinstance(key, int) else None
            if isinstance(value, (dict, list)) and self.path(value) is not None:
                path = self.path(value)
            elif len(found) == 1:
                path = found[0]
            else:
                path = None
            reads = found or (reads if path is None else ())
        where = behind.parsed.found(behind.path, is_key) if path is None and isinstance(behind, WrittenPart) else None
        return path, (path,) if path is not None else reads, where


def line_begin(text: str, line: int) -> int:
    """The place of the first sign of a line, counted from 0."""
    at = 0
    for _ in range(line):
        at = text.find("\n", at) + 1
    return at


def leaves(reads: Iterable[Path]) -> Reads:
    """The paths that were read to their end, each once: no other one goes on from them."""
    if reads.__class__ in (list, tuple) and len(reads) < 2:
        return tuple(reads)
    kept = dict.fromkeys(reads)
    if len(kept) < 2:
        return tuple(kept)
    passed = {path[:-1] for path in kept}
    return tuple(path for path in kept if path not in passed)[-MAX_READS:]
