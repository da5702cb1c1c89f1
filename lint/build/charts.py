"""The charts of a set as units: each with the values that it brings, with each file of its ci/, or as the user says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.build.chart import ChartOptions, ChartUnit, GivenFile, build, charts, ci_values
from kubetrial.lint.build.chart.objects import VALUE
from kubetrial.lint.build.chart.refusal import OUTPUT, REQUIRED, TEMPLATE, VALUES
from kubetrial.lint.build.chart.template.sprig_random import RANDOM
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
            if tree.is_file(_joined(folder, CHART_FILE)) and b"{{" not in (
                tree.read(_joined(folder, CHART_FILE)) or b""
            ):
                found.add(folder)  # one with actions in its Chart.yaml is a template of charts
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
    left = _left_open(unit) if rendering.brought else LeftOpen()
    return Unit(
        "chart",
        path,
        f"{name} ({rendering.variant})" if rendering.variant else name,
        [Shipped(one, rendering.namespace, shown, left) for one in unit.objects],
        tuple(replace(one, origin=one.origin.shown_as(shown)) for one in problems),
        tuple(Unknown(one.reason, one.origin.shown_as(shown)) for one in unknown),
        frozenset(map(shown, unit.read)),
        rendering.variant,
    )


def _judged(unit: ChartUnit, rendering: Rendering) -> tuple[list[Problem], list[Unknown]]:
    """The problems, without those that only say which values a user has to give, or what is not there: these are not known."""
    gaps = bool(unit.unknown)
    asking = rendering.brought and any(problem.rule == REQUIRED for problem in unit.problems)
    uncertain = gaps or asking
    kept: list[Problem] = []
    unknown = list(unit.unknown)
    for one in unit.problems:
        if one.rule == REQUIRED and (rendering.brought or gaps or _looks_up(unit)):
            unknown.append(Unknown(f"it asks for more than it is given here ({one.message})", one.origin))
        elif one.rule == VALUES and rendering.brought and _is_left_open(one, unit):
            unknown.append(Unknown(f"it asks for values that it does not bring ({one.message})", one.origin))
        elif one.rule in (TEMPLATE, OUTPUT) and uncertain:
            unknown.append(Unknown(f"it cannot be rendered as it is given here ({one.message})", one.origin))
        else:
            kept.append(one)
    return kept, unknown


def _looks_up(unit: ChartUnit) -> bool:
    """Whether a template asks the cluster, of which nothing is known here."""
    return unit.facts is not None and any("lookup" in source.text for source in unit.facts.templates.values())


def _is_left_open(problem: Problem, unit: ChartUnit) -> bool:
    """Whether the schema misses what the user has to give: a value that is not there, or empty."""
    if "is a required property" in problem.message:
        return True
    return unit.facts is None or _left_open(unit).written(problem.origin) in EMPTY


EMPTY = frozenset(("", '""', "''", "null", "~", "Null", "NULL", "[]", "{}"))
"""How values files leave a value to the user."""


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What a chart leaves to its user, who is not asked here: the values that it brings and that are empty."""

    lines: Mapping[str, list[str]] = field(default_factory=dict)  # of values files and templates, by name
    values: Mapping[str, Any] = field(default_factory=dict)
    below: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # template -> where its values stand in those of the chart

    def written(self, origin: Origin) -> str | None:
        """The text at an origin, where it is on one line of a file that is known."""
        start, end = origin.value.start, origin.value.end
        rows = self.lines.get(origin.file)
        if rows is None or start.line != end.line or not 0 < start.line <= len(rows):
            return None
        return rows[start.line - 1][start.column - 1 : end.column - 1].strip()

    def prints(self, origin: Origin) -> bool:
        """Whether the line of a template at an origin prints a value that stands empty in the values of the chart."""
        rows, line = self.lines.get(origin.file), origin.value.start.line
        if rows is None or origin.file not in self.below or not 0 < line <= len(rows):
            return False
        for action in _actions(rows[line - 1]):
            for match in _READ.finditer(action) if not _OTHERWISE.search(action) else ():
                held: Any = self.values
                for key in (*self.below[origin.file], *match[1].split(".")[1:]):
                    held = held[key] if isinstance(held, dict) and key in held else _MISSING
                if held in (None, "", [], {}):
                    return True
        return False

    def holds(self, origin: Origin) -> bool:
        """Whether what stands at an origin comes from an empty value, and the template says nothing to put in its place."""
        if self.prints(origin):
            return True
        rows, line = self.lines.get(origin.file, ()), origin.value.start.line
        if 0 < line <= len(rows) and _OTHERWISE.search(rows[line - 1]):
            return False
        return any(one.role == VALUE and self.written(one) in EMPTY for one in origin.via)


def _actions(row: str) -> Iterator[str]:
    """The actions of a line of a template, read from the left once."""
    at = 0
    while (begin := row.find("{{", at)) >= 0 and (end := row.find("}}", begin)) >= 0:
        at = end + 2
        yield row[begin:at]


_READ = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")
_OTHERWISE = re.compile(r"\b(?:default|coalesce|ternary|or|empty|dig)\b")
_MISSING = object()


def _left_open(unit: ChartUnit) -> LeftOpen:
    if unit.facts is None:
        return LeftOpen()
    sources = [layer.file.source for layer in unit.facts.places.layers]
    templates = unit.facts.templates
    lines = {one.file: one.text.split("\n") for one in (*sources, *templates.values()) if one.stands_at is None}
    below = {source.file: _charts_above(name) for name, source in templates.items()}
    return LeftOpen(lines, unit.facts.values, below)


def _charts_above(name: str) -> tuple[str, ...]:
    """The dependencies that a template lies in, by its name: `shop/charts/redis/templates/a.yaml` is redis's."""
    parts = name.partition("/templates/")[0].split("/")
    return tuple(parts[2::2])


class Shipped:
    """An object of a chart as it is installed: in the namespace of the release, with the names that reports use."""

    __slots__ = ("_built", "_left", "_namespace", "_shown", "_value")

    def __init__(self, built: Built, namespace: str, shown: Shown, left: LeftOpen) -> None:
        self._built, self._namespace, self._shown, self._left = built, namespace, shown, left
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

    def is_left_open(self, path: Path) -> bool:
        """Whether the value at a path was made at random, or printed from one that the chart leaves empty for its user."""
        held: Any = self._built.value
        for key in path:
            held = _below(held, key)
        if isinstance(held, (dict, list)):
            return False
        if isinstance(held, str) and _is_random(held):
            return True
        origin, exact = self._built.origin(path)
        return (exact or held is None) and self._left.holds(origin)


def _below(held: Any, key: str | int) -> Any:
    """The value at a key or index; None where there is none."""
    try:
        return held[key]
    except (KeyError, IndexError, TypeError):
        return None


def _is_random(text: str) -> bool:
    """Whether a text holds what stands for something random, as it is or in base64."""
    if RANDOM in text:
        return True
    import base64
    import binascii

    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return RANDOM.encode() in decoded or base64.b64encode(RANDOM.encode()) in decoded
