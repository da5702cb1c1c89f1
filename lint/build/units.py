"""What is applied together: the kustomizations of a set that no other one includes, built."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kubetrial.lint.build import kustomize
from kubetrial.lint.build.document import BuiltDocument
from kubetrial.lint.build.origin import Origin, Problem, Unit, Unknown
from kubetrial.lint.build.tree import FolderTree

KUSTOMIZATION_FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True, slots=True)
class Division:
    """The units of a set, and the files that are judged through them instead of as they stand."""

    units: tuple[Unit, ...] = ()
    sources: frozenset[str] = frozenset()

    def documents(self) -> Iterator[BuiltDocument]:
        """The objects of all units; each stands for the kustomization file of its unit."""
        for unit in self.units:
            for index, built in enumerate(unit.objects):
                yield BuiltDocument(unit.path, index, unit.name, built)

    def problems(self) -> Iterator[tuple[Unit, Problem]]:
        """What is wrong with the sources themselves."""
        return ((unit, problem) for unit in self.units for problem in unit.problems)

    def unknown(self) -> Iterator[tuple[Unit, Unknown]]:
        """What could not be known."""
        return ((unit, one) for unit in self.units for one in unit.unknown)


def divide(root: str, files: Sequence[str], concerns: Callable[[str], bool], shown: Callable[[str], str]) -> Division:
    """Build the kustomizations among some files of a folder.

    `files` are paths below `root` with `/`; a unit is built where it reads a file that `concerns` the run. `shown` gives the name
    of a path in reports.
    """
    folders = sorted(
        {posixpath.dirname(file) or "." for file in files if posixpath.basename(file) in KUSTOMIZATION_FILES}
    )
    if not folders:
        return Division()
    tree, cache = FolderTree(root), kustomize.Cache()
    reach = {folder: kustomize.includes(tree, folder, cache) for folder in folders}
    units: list[Unit] = []
    sources: set[str] = set()
    for folder in kustomize.roots(tree, folders, cache):
        file = next((f for f in KUSTOMIZATION_FILES if tree.is_file(posixpath.normpath(posixpath.join(folder, f)))), "")
        path = posixpath.normpath(posixpath.join(folder, file))
        if not any(concerns(one) for one in _reached(folder, path, reach, tree)):
            continue
        unit = kustomize.build(tree, folder, cache=cache)
        units.append(_as_shown(unit, folder, path, shown))
        if not any(problem.fatal for problem in unit.problems):
            sources.update(unit.read)
            sources.add(path)
    return Division(tuple(units), frozenset(shown(path) for path in sources))


def _as_shown(unit: Unit, folder: str, path: str, shown: Callable[[str], str]) -> Unit:
    """A unit with the names that reports use; its kustomization file stands for it."""
    return Unit(
        unit.kind,
        shown(path),
        shown(folder),
        [_Shown(one, shown) for one in unit.objects],
        tuple(_shown_problem(problem, shown) for problem in unit.problems),
        tuple(Unknown(one.reason, _shown_origin(one.origin, shown)) for one in unit.unknown),
        frozenset(shown(one) for one in unit.read),
    )


def _reached(
    folder: str, path: str, reach: dict[str, tuple[frozenset[str], frozenset[str]]], tree: FolderTree
) -> set[str]:
    """The files that a kustomization reads, those of the ones it includes too."""
    found, seen, pending = {path}, set(), [folder]
    while pending:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        if at not in reach:
            reach[at] = kustomize.includes(tree, at)
        found.update(reach[at][1])
        found.update(posixpath.normpath(posixpath.join(at, name)) for name in KUSTOMIZATION_FILES)
        pending.extend(reach[at][0])
    return found


class _Shown:
    """A built object whose origins have the names that reports use."""

    __slots__ = ("_built", "_shown")

    def __init__(self, built: object, shown: Callable[[str], str]) -> None:
        self._built = built
        self._shown = shown

    @property
    def value(self) -> dict[str, object]:
        """The object as plain data."""
        return self._built.value  # type: ignore[attr-defined, no-any-return]

    def origin(self, path: tuple[str | int, ...]) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        origin, exact = self._built.origin(path)  # type: ignore[attr-defined]
        return _shown_origin(origin, self._shown), exact


def _shown_origin(origin: Origin, shown: Callable[[str], str]) -> Origin:
    via = tuple(_shown_origin(one, shown) for one in origin.via)
    return Origin(shown(origin.file), origin.value, origin.key, origin.literal, via, origin.role)


def _shown_problem(problem: Problem, shown: Callable[[str], str]) -> Problem:
    origin = _shown_origin(problem.origin, shown)
    return Problem(problem.rule, problem.message, origin, problem.help, problem.consequence, problem.fatal)


def kustomizations_below(root: str, most: int = 100_000) -> Iterator[str]:
    """The kustomization files of a repository, as paths below its root; hidden folders and those of packages are left out."""
    looked = 0
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in ("node_modules", "vendor"))
        looked += len(names)
        if looked > most:
            return
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        for name in KUSTOMIZATION_FILES:
            if name in names:
                yield posixpath.normpath(posixpath.join(inside, name))
