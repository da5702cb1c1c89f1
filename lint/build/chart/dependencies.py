"""Which dependencies of a chart are enabled, under which names, and what they export to their parent.

Conditions, tags, aliases and `import-values`. Follows helm.sh/helm/v3/pkg/chartutil (dependencies).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubetrial.lint.build.chart.coalesce import Member, coalesced, merged, merged_below
from kubetrial.lint.build.chart.load import LoadedChart, renamed
from kubetrial.lint.build.chart.metadata import ChartDependency, fits
from kubetrial.lint.build.chart.values import Import
from kubetrial.lint.build.origin import Path
from kubetrial.lint.values.records import replace

Values = dict[str, Any]


def member(chart: LoadedChart) -> Member:
    """A chart as far as its values go."""
    return Member(chart.name, chart.values, tuple(member(each) for each in chart.dependencies))


def missing(chart: LoadedChart) -> tuple[ChartDependency, ...]:
    """The dependencies that Chart.yaml names and that do not lie in charts/."""
    names = {each.name for each in chart.dependencies}
    return tuple(each for each in chart.requirements if each.name not in names)


def enabled(chart: LoadedChart, values: Values, path: str = "", helm: int = 3) -> LoadedChart:
    """The chart with the dependencies that its values enable, under their aliases; raises NotCoalesced."""
    if not chart.requirements:
        return chart
    known = [each for each in chart.dependencies if not any(_meets(each, one) for one in chart.requirements)]
    for one in chart.requirements:
        found = next((each for each in chart.dependencies if _meets(each, one)), None)
        if found is not None:
            known.append(renamed(found, one.called))
    chart = replace(chart, dependencies=tuple(known))
    all_values = coalesced(member(chart), values, helm)
    off = {one.called for one in chart.requirements if not _is_enabled(one, all_values, path)}
    return replace(
        chart,
        dependencies=tuple(
            enabled(each, all_values, f"{path}{each.name}.", helm) for each in known if each.name not in off
        ),
        requirements=tuple(one for one in chart.requirements if one.called not in off),
    )


def switches(chart: LoadedChart, at: Path = ()) -> Iterator[Path]:
    """The values that could enable the dependencies that lie in charts/."""
    for one in chart.requirements:
        found = next((each for each in chart.dependencies if _meets(each, one)), None)
        if found is None:
            continue
        condition = one.condition.strip().split(",")[0]
        if condition:
            yield (*at, *condition.split("."))
        elif one.tags:
            yield ("tags", one.tags[0])
        yield from switches(found, (*at, one.called))


def _meets(chart: LoadedChart, one: ChartDependency) -> bool:
    return chart.name == one.name and fits(one.version, chart.metadata.text("version"))


def _is_enabled(one: ChartDependency, values: Values, path: str) -> bool:
    """Tags first, then the first condition that holds a boolean."""
    tags = values.get("tags")
    set_tags = [tags[tag] for tag in one.tags if isinstance(tags, dict) and isinstance(tags.get(tag), bool)]
    is_on = not set_tags or any(set_tags)
    for condition in one.condition.strip().split(","):
        if condition:
            held = _at(values, (path + condition).split("."))
            if isinstance(held, bool):
                return held
    return is_on


def _at(values: Any, path: list[str]) -> Any:
    for key in path:
        if not isinstance(values, dict) or key not in values:
            return None
        values = values[key]
    return values


def with_imports(chart: LoadedChart) -> LoadedChart:
    """The chart with what it imports from its dependencies below its own values; raises NotCoalesced."""
    chart = replace(chart, dependencies=tuple(with_imports(each) for each in chart.dependencies))
    if not chart.requirements:
        return chart
    values = merged(member(chart))
    taken: Values = {}
    for one in chart.requirements:
        for child, parent in one.imported():
            table = _at(values, [one.called, *child.split(".")])
            if isinstance(table, dict):
                taken = merged_below(taken, table if parent == "." else _nested(parent.split("."), table))
    return replace(chart, values=merged_below(values, taken))


def _nested(path: list[str], value: Values) -> Values:
    for key in reversed(path):
        value = {key: value}
    return value


def imports(chart: LoadedChart, at: Path = ()) -> Iterator[Import]:
    """Where imported values come from, for their places."""
    for one in chart.requirements:
        for child, parent in one.imported():
            target = () if parent == "." else tuple(parent.split("."))
            yield Import((*at, *target), (*at, one.called, *child.split(".")))
    for each in chart.dependencies:
        yield from imports(each, (*at, each.name))
