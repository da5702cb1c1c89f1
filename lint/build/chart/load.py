"""A chart with all that lies in its folder or archive: templates, values, files, and the charts in charts/.

Follows LoadFiles of helm.sh/helm/v3/pkg/chart/loader.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from kubetrial.lint.build.chart import metadata
from kubetrial.lint.build.chart.files import MAX_CHART, ChartFile, of_archive, of_folder
from kubetrial.lint.build.chart.metadata import ChartDependency, ChartMetadata
from kubetrial.lint.build.chart.refusal import FIRST, INVALID, VALUES, HelmRefused
from kubetrial.lint.build.chart.sources import YamlFile
from kubetrial.lint.build.chart.values import of_file
from kubetrial.lint.build.origin import Origin, Tree
from kubetrial.lint.files.template import HELM, template_reason
from kubetrial.lint.values.records import dataclass, replace

MAX_LOCAL = 8
"""How many charts may lead to one another by `file://`."""
MAX_CHARTS = 1000
MAX_NESTED = 20
"""How deep charts may lie in charts."""
FILLED_IN = "values.yaml is a template of another program, and cannot be read before it is filled in"
_CRD_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class LoadedChart:
    """A chart and its dependencies. `name` is what its parent calls it (an alias, else its own name)."""

    name: str
    metadata: ChartMetadata
    values: dict[str, Any]
    values_file: YamlFile | None
    schema: ChartFile | None
    templates: tuple[ChartFile, ...]
    files: tuple[ChartFile, ...]
    dependencies: tuple[LoadedChart, ...] = ()
    requirements: tuple[ChartDependency, ...] = ()

    @property
    def is_library(self) -> bool:
        """Whether only its definitions count, not its manifests."""
        return self.metadata.text("type").lower() == "library"

    def crds(self, path: str = "") -> Iterator[tuple[str, ChartFile]]:
        """The files of crds/, those of the dependencies behind its own, with the paths that Helm prints."""
        path = path or self.name
        for file in self.files:
            if file.name.startswith("crds/") and posixpath.splitext(file.name)[1].lower() in _CRD_ENDINGS:
                yield f"{path}/{file.name}", file
        for dependency in self.dependencies:
            yield from dependency.crds(f"{path}/charts/{dependency.name}")


def of_path(tree: Tree, path: str, unreached: list[str], budget: Budget | None = None) -> LoadedChart:
    """The chart in a folder, or in an archive; raises Refused. Into `unreached` go the paths of files that cannot be read.

    `budget` is what is left of that of the charts that lead here.
    """
    budget = budget or Budget()
    if not tree.is_file(path):
        at = Origin(posixpath.normpath(posixpath.join(path, "Chart.yaml")), FIRST)
        return _chart(of_folder(tree, path, unreached), at, budget)
    at = Origin(path, FIRST, None, False)
    return _chart(of_archive(tree.read(path) or b"", path, at), at, budget)


class Budget:
    """What a chart and all in it may take together: charts within charts, archives within archives multiply."""

    def __init__(self) -> None:
        self.charts = MAX_CHARTS
        self.bytes = 2 * MAX_CHART

    def take(self, at: Origin, depth: int) -> None:
        """Count one chart; raises Refused."""
        self.charts -= 1
        if depth > MAX_NESTED:
            raise HelmRefused(f"charts lie more than {MAX_NESTED} deep in one another", at)
        if self.charts < 0:
            raise HelmRefused(f"more than {MAX_CHARTS} charts lie in one another", at)

    def unpacked(self, file: ChartFile, at: Origin) -> list[ChartFile]:
        """The files of an archive in the chart; raises Refused."""
        found = of_archive(file.data(), file.file, at, min(self.bytes, MAX_CHART))
        self.bytes -= sum(len(one.data()) for one in found)
        return found


def with_local(
    tree: Tree, folder: str, chart: LoadedChart, within: tuple[str, ...] = (), budget: Budget | None = None
) -> LoadedChart:
    """The chart with the dependencies that are not in charts/ and stand in the repository: `repository: file://../common`.

    Helm copies them there before it installs; `within` are the charts that led here, so that no circle is walked.
    """
    within = (*within, posixpath.normpath(folder))
    budget = budget or Budget()
    names = {each.name for each in chart.dependencies}
    found: list[LoadedChart] = []
    for one in chart.requirements:
        if one.name in names or not one.repository.startswith("file://") or len(within) > MAX_LOCAL:
            continue
        place = posixpath.normpath(posixpath.join(folder, one.repository.removeprefix("file://")))
        if place in within or place.startswith(("..", "/")) or not tree.is_file(posixpath.join(place, "Chart.yaml")):
            continue
        other = of_path(tree, place, [], budget)
        if other.name == one.name:
            found.append(with_local(tree, place, other, within, budget))
    return replace(chart, dependencies=(*chart.dependencies, *found)) if found else chart


def _chart(files: Sequence[ChartFile], at: Origin, budget: Budget, depth: int = 0) -> LoadedChart:
    budget.take(at, depth)
    own = {file.name: file for file in files}
    if "Chart.yaml" not in own:
        raise HelmRefused("there is no Chart.yaml, so this is no chart", at)
    requirements = own.get("requirements.yaml")
    about = metadata.read(
        YamlFile(own["Chart.yaml"].source()), YamlFile(requirements.source()) if requirements is not None else None
    )
    for name in ("Chart.lock", "requirements.lock"):
        if name in own:
            metadata.check_lock(YamlFile(own[name].source()), name)
    values_file = YamlFile(own["values.yaml"].source()) if "values.yaml" in own else None
    return LoadedChart(
        about.text("name"),
        about,
        _values(values_file),
        values_file,
        own.get("values.schema.json"),
        tuple(file for file in files if file.name.startswith("templates/")),
        tuple(file for file in files if _is_plain(file.name, about.text("apiVersion"))),
        tuple(_charts_in(files, about, budget, depth)),
        about.requirements,
    )


def _is_plain(name: str, version: str) -> bool:
    """Whether `.Files` holds a file."""
    if name in ("requirements.yaml", "requirements.lock"):
        return version == "v1"
    if name in ("Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json"):
        return False
    return not name.startswith("templates/") and (not name.startswith("charts/") or name.endswith(".prov"))


def _values(file: YamlFile | None) -> dict[str, Any]:
    if file is None:
        return {}
    fault = file.fault()
    if fault is not None:
        made = template_reason(file.source.text, file.source.file)
        # To Helm values.yaml is no template: its words there are a mistake. Those of others are filled in before.
        lead = "values.yaml cannot be read" if made in (None, HELM) else FILLED_IN
        raise HelmRefused(f"{lead}: {fault[0]}", fault[1], VALUES)
    value = file.value()
    if value is None:
        return {}
    if not isinstance(value, dict):
        origin = file.origin(()) or Origin(file.source.file, FIRST)
        raise HelmRefused("values.yaml holds no mapping, so that Helm refuses the chart", origin, VALUES)
    return of_file(file)  # type: ignore[no-any-return]


def _charts_in(files: Sequence[ChartFile], about: ChartMetadata, budget: Budget, depth: int) -> Iterator[LoadedChart]:
    """The charts in charts/: folders and archives; what begins with `_` or `.` is none."""
    groups: dict[str, list[ChartFile]] = {}
    for file in files:
        if file.name.startswith("charts/") and not file.name.endswith(".prov"):
            inside = file.below("charts/")
            groups.setdefault(inside.name.split("/")[0], []).append(inside)
    for name, group in groups.items():
        if name[:1] in ("_", "."):
            continue
        if name.endswith(".tgz"):
            unpacked = budget.unpacked(group[0], _brings(about, name, group[0]))
            yield _chart(unpacked, about.origin(), budget, depth + 1)
            continue
        inner = [file.below(name + "/") for file in group if "/" in file.name]
        at = _brings(about, name, group[0])
        try:
            yield _chart(inner, at, budget, depth + 1)
        except HelmRefused as error:
            problem = error.problem
            message = f"the chart `{name}` in charts/ cannot be read: {problem.message}"
            raise HelmRefused(message, problem.origin, problem.rule, problem.help) from None


def _brings(about: ChartMetadata, name: str, file: ChartFile) -> Origin:
    """The entry of `dependencies` that brings a chart in charts/ in; without one, its file."""
    for entry in sorted(about.requirements, key=lambda entry: -len(entry.name)):
        if name == entry.name or name.startswith(entry.name + "-"):
            return entry.origin
    return file.stands_at or Origin(file.file, FIRST, None, False)


def renamed(chart: LoadedChart, name: str) -> LoadedChart:
    """The chart under an alias."""
    return replace(chart, name=name)


__all__ = ["INVALID", "LoadedChart", "of_path", "renamed"]
