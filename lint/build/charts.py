"""The charts of a set as units: each with the values that it brings, with each file of its ci/, or as the user says."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubetrial.lint.build.chart import ChartOptions, ChartUnit, GivenFile, build, charts, ci_values
from kubetrial.lint.build.chart.refusal import REQUIRED
from kubetrial.lint.build.kustomize.facts import cluster_scoped
from kubetrial.lint.build.origin import Built, Origin, Path, Problem, Tree, Unit, Unknown
from kubetrial.lint.records import dataclass, field, replace

CHART_FILE = "Chart.yaml"
_OWN = frozenset(
    (CHART_FILE, "Chart.lock", "requirements.yaml", "requirements.lock", "values.yaml", "values.schema.json")
)
_INSIDE = ("templates/", "charts/", "ci/", "crds/")
Shown = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rendering:
    """What one unit of a chart is rendered with; `variant` names it, empty for the values that the chart brings or the user gives.

    `brought`: nobody but the chart chose the values, so that what it requires beyond them is no mistake.
    """

    variant: str = ""
    values_files: tuple[str | GivenFile, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    release: str = "release"
    namespace: str = "default"
    api_versions: tuple[str, ...] = ()
    brought: bool = False


Renderings = Callable[[str], Sequence[Rendering]]
"""The renderings of the chart in a folder."""


@dataclass(frozen=True, slots=True)
class Charts:
    """The units of charts, the files that they are made of, and those of the files that are templates."""

    units: tuple[Unit, ...] = ()
    sources: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    built: tuple[ChartUnit, ...] = field(
        default=(), compare=False
    )  # the same units, with paths from the root and facts


def by_itself(tree: Tree, folder: str, release: str = "release", namespace: str = "default") -> Iterator[Rendering]:
    """A chart with the values that it brings, and with each values file of its ci/."""
    plain = Rendering(release=release, namespace=namespace, brought=True)
    yield plain
    for file in ci_values(tree, folder):
        inside = posixpath.relpath(file, folder)
        yield replace(plain, variant=inside, values_files=(file,), brought=False)


def folders_of(tree: Tree, files: Sequence[str]) -> list[str]:
    """The outermost charts among files, and those that a file lies in."""
    found: set[str] = set()
    for folder in {posixpath.dirname(file) for file in files}:
        while folder not in found:
            if tree.is_file(_joined(folder, CHART_FILE)):
                found.add(folder)
            if folder in ("", "."):
                break
            folder = posixpath.dirname(folder)
    return charts(tree, [folder or "." for folder in found])


def rendered(
    tree: Tree, folders: Sequence[str], renderings: Renderings, minor: int, shown: Shown, files: Sequence[str] = ()
) -> Charts:
    """Build the charts in folders. `shown` gives the name of a path in reports; `files` are those of the set."""
    units: list[Unit] = []
    sources: set[str] = set()
    built: list[ChartUnit] = []
    for folder in folders:
        prefix = "" if folder == "." else folder + "/"
        sources.update(file for file in files if file.startswith(prefix) and is_source(file[len(prefix) :]))
        for rendering in renderings(folder):
            unit = build(
                tree,
                folder,
                ChartOptions(
                    values_files=rendering.values_files,
                    sets=rendering.sets,
                    release=rendering.release,
                    namespace=rendering.namespace,
                    minor=minor,
                    capabilities="server",
                    api_versions=rendering.api_versions,
                ),
            )
            built.append(unit)
            units.append(_as_shown(unit, folder, rendering, shown))
            sources.update(unit.read)
    templates = frozenset(shown(file) for file in sources if "templates" in file.split("/")[:-1])
    return Charts(tuple(units), frozenset(map(shown, sources)), templates, tuple(built))


def is_source(inside: str) -> bool:
    """Whether a file of a chart, by its path in it, is what the chart is made of, and no manifest by itself."""
    if inside in _OWN or inside.startswith(_INSIDE):
        return True
    return "/" not in inside and "values" in inside and inside.endswith((".yaml", ".yml"))


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder or ".", name))


def _as_shown(unit: ChartUnit, folder: str, rendering: Rendering, shown: Shown) -> Unit:
    """A unit with the names that reports use; its Chart.yaml, or its first values file, stands for it."""
    name = shown(folder)
    files = [file for file in rendering.values_files if isinstance(file, str)]
    path = shown(files[0] if rendering.variant and files else _joined(folder, CHART_FILE))
    problems, unknown = _judged(unit, rendering)
    return Unit(
        "chart",
        path,
        f"{name} ({rendering.variant})" if rendering.variant else name,
        [Shipped(one, rendering.namespace, shown) for one in unit.objects],
        tuple(replace(one, origin=one.origin.shown_as(shown)) for one in problems),
        tuple(Unknown(one.reason, one.origin.shown_as(shown)) for one in unknown),
        frozenset(map(shown, unit.read)),
        rendering.variant,
    )


def _judged(unit: ChartUnit, rendering: Rendering) -> tuple[list[Problem], list[Unknown]]:
    """The problems, without those that only say which values a user has to give: these are not known."""
    if not rendering.brought:
        return list(unit.problems), list(unit.unknown)
    asked = [problem for problem in unit.problems if problem.rule == REQUIRED]
    needs = [Unknown(f"it asks for values that it does not bring ({one.message})", one.origin) for one in asked]
    return [problem for problem in unit.problems if problem.rule != REQUIRED], [*unit.unknown, *needs]


class Shipped:
    """An object of a chart as it is installed: in the namespace of the release, with the names that reports use."""

    __slots__ = ("_built", "_namespace", "_shown", "_value")

    def __init__(self, built: Built, namespace: str, shown: Shown) -> None:
        self._built, self._namespace, self._shown = built, namespace, shown
        self._value: dict[str, Any] | None = None

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data; one without a namespace is put into that of the release."""
        if self._value is None:
            value = self._built.value
            metadata = value.get("metadata")
            if (
                self._namespace != "default"
                and isinstance(metadata, dict)
                and not metadata.get("namespace")
                and f"{value.get('apiVersion')} {value.get('kind')}" not in cluster_scoped()
            ):
                value = {**value, "metadata": {**metadata, "namespace": self._namespace}}
            self._value = value
        return self._value

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        origin, exact = self._built.origin(path)
        return origin.shown_as(self._shown), exact
