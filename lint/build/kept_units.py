"""Built units that are kept between runs: what nothing was edited of is not built again.

A unit is known by its folder and what a controller lays over it, and holds as long as all that its build looked at does (lint/files/
looks.py). Kept are its objects as plain data, its problems, and the places that findings asked for. Whoever asks for another place gets
it from the unit built anew, so that nothing is lost; that place is kept too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from kubetrial.lint.build.kustomize.nodes import RNode
from kubetrial.lint.build.origin import BuildProblem, Built, Origin, Path, Unit, Unknown
from kubetrial.lint.files import kept, looks
from kubetrial.lint.finding import Position, Range
from kubetrial.lint.values.records import replace

_MAGIC = b"kubetrial unit 1"
_MOST_BYTES = 8 << 20
"""A larger unit is not kept."""
_Told = dict[Path, tuple[Origin, bool]]


class UnitStore:
    """The units of a root that are kept in a folder of the cache; with None, nothing is."""

    def __init__(self, folder: str | None, root: str) -> None:
        self._folder = folder
        self._root = os.fsencode(root)
        self._units: list[_KeptUnit] = []

    def unit(self, name: Sequence[str], build: Callable[[], Unit], read: Callable[[str], object]) -> Unit:
        """The unit of a name, kept or built; `read` reads a file of it, which a build may have from another build."""
        entry = kept.entry(self._folder, b"unit", self._root, *(part.encode("utf-8", "surrogatepass") for part in name))
        if entry is None:
            return build()
        known = looks.known(entry, _MAGIC)
        unit = _unit(known[1]) if known is not None else None
        if known is not None and unit is not None:
            one = _KeptUnit(entry, build, unit[0], unit[1], known[0])
        else:
            looks.listen(looks.Looks(str(self._folder)))
            try:
                built = build()
                for path in built.read:
                    read(path)
            finally:
                heard = looks.listened()
            if heard.unique:
                return built
            one = _KeptUnit(entry, build, built, [{} for _ in built.objects], heard)
        self._units.append(one)
        return one.shown()

    def save(self) -> None:
        """Keep what was built, and which places were asked for."""
        for one in self._units:
            one.save()


class _KeptUnit:
    """A unit, built in this run or known from an earlier one, and the places in it that were asked for."""

    def __init__(
        self, entry: str, build: Callable[[], Unit], unit: Unit, told: list[_Told], heard: looks.Looks | list[bytes]
    ) -> None:
        self._entry = entry
        self._build = build
        self._unit = unit
        self._told = told
        self._heard = heard  # the looks of a build of this run; in one row, where they are of an earlier one
        self._is_built = isinstance(heard, looks.Looks)
        self._is_new = self._is_built

    def shown(self) -> Unit:
        """The unit, whose objects note which places are asked for."""
        return replace(self._unit, objects=[_KeptObject(self, number) for number in range(len(self._unit.objects))])

    def value(self, number: int) -> dict[str, Any]:
        """An object as plain data."""
        return self._unit.objects[number].value

    def built(self, number: int) -> Built:
        """An object as it is built."""
        if not self._is_built:
            self._unit = self._build()
            self._is_built = True
        return self._unit.objects[number]

    def origin(self, number: int, path: Path) -> tuple[Origin, bool]:
        """Where the value at a path of an object comes from."""
        found = self._told[number].get(path)
        if found is None:
            found = self._told[number][path] = self.built(number).origin(path)
            self._is_new = True
        return found

    def save(self) -> None:
        """Put it in place, where there is anything new to keep."""
        if not self._is_new:
            return
        text = _text(self._unit, self._told)
        if text is None or len(text) > _MOST_BYTES:
            return
        try:
            fields = self._heard.fields() if isinstance(self._heard, looks.Looks) else self._heard
            looks.write(self._entry, _MAGIC, (), fields, text)
        except OSError:
            return  # no room, no home, a file that is gone: the run itself is done


class _KeptObject:
    """An object of a unit that is kept."""

    __slots__ = ("_number", "_unit")

    def __init__(self, unit: _KeptUnit, number: int) -> None:
        self._unit = unit
        self._number = number

    @property
    def node(self) -> RNode:
        """The object as nodes with their places."""
        return self._unit.built(self._number).node  # type: ignore[attr-defined, no-any-return]

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data."""
        return self._unit.value(self._number)

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        return self._unit.origin(self._number, path)


class _PlainObject:
    """An object of which only the plain data is there."""

    __slots__ = ("value",)

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """Nobody asks it."""
        raise LookupError(path)


def _text(unit: Unit, told: Sequence[_Told]) -> bytes | None:
    """A unit as text; None where that would not be the same again."""
    values = [one.value for one in unit.objects]
    row = [
        (unit.kind, unit.path, unit.name, sorted(unit.read)),
        [
            (one.rule, one.message, _of_origin(one.origin), one.help, one.consequence, one.fatal)
            for one in unit.problems
        ],
        [(one.reason, _of_origin(one.origin), one.stops) for one in unit.unknown],
        [[(path, _of_origin(origin), exact) for path, (origin, exact) in each.items()] for each in told],
    ]
    if any(one.waits_for for one in unit.problems) or any(one.waits_for is not None for one in unit.unknown):
        return None
    try:
        plain = json.dumps(values, separators=(",", ":"))
        if repr(json.loads(plain)) != repr(values):
            return None
        return plain.encode() + b"\n" + json.dumps(row, separators=(",", ":")).encode()
    except (ValueError, TypeError, RecursionError):
        return None


def _unit(text: bytes) -> tuple[Unit, list[_Told]] | None:
    """The inverse of `_text`; None where it is none."""
    try:
        plain, _, rest = text.partition(b"\n")
        values = json.loads(plain)
        (kind, path, name, read), problems, unknown, told = json.loads(rest)
        unit = Unit(
            kind,
            path,
            name,
            [_PlainObject(value) for value in values],
            tuple(
                BuildProblem(rule, message, _origin(origin), help, consequence, fatal)
                for rule, message, origin, help, consequence, fatal in problems
            ),
            tuple(Unknown(reason, _origin(origin), stops) for reason, origin, stops in unknown),
            frozenset(read),
        )
        if len(told) != len(values):
            return None
        return unit, [{tuple(way): (_origin(origin), exact) for way, origin, exact in each} for each in told]
    except (ValueError, TypeError, RecursionError):
        return None


def _of_origin(origin: Origin) -> list[Any]:
    return [
        origin.file,
        _of_range(origin.value),
        _of_range(origin.key) if origin.key is not None else None,
        origin.literal,
        [_of_origin(one) for one in origin.via],
        origin.role,
        _of_origin(origin.key_at) if origin.key_at is not None else None,
    ]


def _origin(row: list[Any]) -> Origin:
    file, value, key, literal, via, role, key_at = row
    return Origin(
        file,
        _range(value),
        _range(key) if key is not None else None,
        literal,
        tuple(_origin(one) for one in via),
        role,
        _origin(key_at) if key_at is not None else None,
    )


def _of_range(place: Range) -> list[int]:
    return [place.start.line, place.start.column, place.end.line, place.end.column]


def _range(row: list[int]) -> Range:
    line, column, last, end = row
    return Range(Position(line, column), Position(last, end))
