"""One chart rendered many times with other values: what does not change is read once."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.build.chart import dependencies, rendering, schema
from kubetrial.lint.build.chart.coalesce import coalesced
from kubetrial.lint.build.chart.load import of_path, with_local
from kubetrial.lint.build.chart.refusal import FIRST
from kubetrial.lint.build.chart.rendering import ChartOptions, containers, places_of, templates_of
from kubetrial.lint.build.chart.template import Engine, Rendered, paths_of
from kubetrial.lint.build.chart.values import GivenValues, given
from kubetrial.lint.build.origin import BuildProblem, Origin, Path, Tree
from kubetrial.lint.values.records import dataclass, replace

Assigned = Mapping[Path, Any]


@dataclass(frozen=True)
class Rendition:
    """A chart with one set of values, ready to be rendered template by template. `roots` are those that print something of their own."""

    engine: Engine
    values: Mapping[str, Any]
    roots: tuple[str, ...]
    contexts: Mapping[str, Any]
    paths: Mapping[int, Path]
    held: list[Any]

    def render(self, name: str) -> Rendered:
        """What one template prints."""
        chart_path = name.rpartition("/templates/")[0]
        dot = self.contexts[chart_path]
        dot["Template"] = {"Name": name, "BasePath": f"{chart_path}/templates"}
        return self.engine.render(name, dot, self.paths)


class Session:
    """A chart that is read once; raises Refused where it cannot be read. `own` are its templates that lie in no archive."""

    def __init__(self, tree: Tree, path: str, options: ChartOptions) -> None:
        self.tree, self.options = tree, options
        self.at = Origin(path, FIRST, None, False)
        self.chart = with_local(tree, path, of_path(tree, path, []))
        if options.helm >= 4:
            self.chart = rendering.with_all_documents(self.chart)
        self.own: set[str] = set()
        self._given: dict[str, GivenValues] = {}

    def user(self, values_file: str) -> GivenValues:
        """What the user gives, with one values file more."""
        if values_file not in self._given:
            named = (*self.options.values_files, *((values_file,) if values_file else ()))
            files = [rendering.values_file(self.tree, one, self.at) for one in named]
            if self.options.helm >= 4:
                files = [file.whole() for file in files]
            self._given[values_file] = given(
                files, self.options.sets, lambda path: rendering.file_text(self.tree, self.options, path), self.at
            )
        return self._given[values_file]

    def assigned(self, assigned: Assigned, values_file: str = "") -> dict[str, Any]:
        """The user's values with some set."""
        values = copy.deepcopy(self.user(values_file).values)
        for path, value in assigned.items():
            place = values
            for key in path[:-1]:
                inner = place.get(str(key))
                if not isinstance(inner, dict):
                    inner = place[str(key)] = {}
                place = inner
            place[str(path[-1])] = copy.deepcopy(value)
        return values

    def prepared(self, assigned: Assigned, values_file: str = "") -> tuple[Any, dict[str, Any]]:
        """The chart with its dependencies as the values enable them, and the values that its templates see."""
        values = self.assigned(assigned, values_file)
        chart = dependencies.with_imports(dependencies.enabled(self.chart, values, helm=self.options.helm))
        return chart, coalesced(dependencies.member(chart), values, self.options.helm)

    def rendition(self, assigned: Assigned, api_versions: tuple[str, ...] = (), values_file: str = "") -> Rendition:
        """The chart with some values set; raises Refused or NotCoalesced."""
        chart, values = self.prepared(assigned, values_file)
        options = replace(self.options, api_versions=(*self.options.api_versions, *api_versions))
        templates, contexts = templates_of(chart, values, options)
        self.own.update(
            name
            for name, (source, _) in templates.items()
            if source.stands_at is None and not name.endswith("NOTES.txt")
        )
        sources = {name: source.text for name, (source, _) in templates.items()}
        engine = Engine(sources, helm=self.options.helm or 4)
        roots = tuple(name for name in templates if is_root(name) and name in engine.templates)
        return Rendition(engine, values, roots, contexts, paths_of(values), containers(values))

    def fits_schema(self, assigned: Assigned, values_file: str = "") -> bool:
        """Whether the chart's own schema takes the values."""
        chart, values = self.prepared(assigned, values_file)
        found = schema.check(chart, values, places_of(chart, self.user(values_file)))
        return not any(isinstance(one, BuildProblem) for one in found)


def is_root(name: str) -> bool:
    """Whether a template is rendered for its own sake: no partial, and no note to the user."""
    base = posixpath.basename(name)
    return not base.startswith("_") and base != "NOTES.txt"
