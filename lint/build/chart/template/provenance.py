"""Which values of values.yaml stand behind the values that templates pass about.

A container of the values has a path, known by its identity. One that a template makes (`dict`, `list`, `merge`…) has none: here stands
which values each of its entries came from, so that `include "x" (dict "port" .Values.port)` still knows the line of the port.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubetrial.lint.build.chart.template.text import Path

Reads = tuple[Path, ...]
MAX_READS = 32
"""So many values are remembered for one action."""
ALL = object()
"""The key of what stands behind every entry that has nothing of its own."""


class Provenance:
    """What is known of containers during one rendering."""

    __slots__ = ("_alive", "_made", "_paths")

    def __init__(self, paths: Mapping[int, Path]) -> None:
        self._paths = dict(paths)
        self._made: dict[int, dict[Any, Reads]] = {}
        self._alive: list[Any] = []  # an identity must not be given to another object meanwhile

    def path(self, container: Any) -> Path | None:
        """The path of a container of the values."""
        return self._paths.get(id(container))

    def knows(self, container: Any) -> bool:
        """Whether anything is known of a container."""
        return id(container) in self._paths or id(container) in self._made

    def entry(self, container: Any, key: Any) -> Reads:
        """The values behind an entry of a container."""
        made = self._made.get(id(container))
        if made is not None:
            found = made.get(key)
            if found is not None:
                return found
            found = made.get(ALL)
            if found is not None:
                return found
        path = self._paths.get(id(container))
        return ((*path, key),) if path is not None else ()

    def put(self, container: Any, key: Any, reads: Iterable[Path]) -> None:
        """An entry of a container comes from values."""
        made = self._made.get(id(container))
        if made is None:
            made = self._made[id(container)] = {}
            self._alive.append(container)
        made[key] = leaves(reads)

    def same(self, copy: Any, original: Any) -> None:
        """A copy of all levels stands for its original."""
        waiting = [(copy, original)]
        while waiting:
            one, other = waiting.pop()
            if not isinstance(one, (dict, list)) or type(one) is not type(other):
                continue
            path, made = self._paths.get(id(other)), self._made.get(id(other))
            self._alive.append(one)
            if path is not None:
                self._paths[id(one)] = path
            if made is not None:
                self._made[id(one)] = dict(made)
            if isinstance(one, dict):
                waiting.extend((one[key], other[key]) for key in one if key in other)
            else:
                waiting.extend(zip(one, other, strict=False))

    def shown(self, value: Any, below: Sequence[str | int], reads: Reads) -> tuple[Path | None, Reads]:
        """The path of what stands `below` a value, and the values behind it; `reads` is what stands behind the value itself."""
        path = self.path(value)
        for key in below:
            found = self.entry(value, key)
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
        return path, (path,) if path is not None else reads


def leaves(reads: Iterable[Path]) -> Reads:
    """The paths that were read to their end, each once: no other one goes on from them."""
    kept = dict.fromkeys(reads)
    if len(kept) < 2:
        return tuple(kept)
    passed = {path[:-1] for path in kept}
    return tuple(path for path in kept if path not in passed)[-MAX_READS:]
