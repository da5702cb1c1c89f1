"""Findings of several units at one place of a source: one finding, which names the units."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kubetrial.lint.build.agreed import agreed
from kubetrial.lint.build.division import Division
from kubetrial.lint.build.origin import Unit
from kubetrial.lint.finding import Finding
from kubetrial.lint.values.records import replace

Key = tuple[object, ...]


def merged(findings: Iterable[Finding], division: Division, given: Collection[str] | None) -> list[Finding]:
    """The findings with equals of several units said once; with `given`, what stands in other files is left out."""
    charts = {unit.name: unit for unit in division.charts}
    findings = agreed(findings, division)
    first: dict[Key, Finding] = {}
    units: dict[Key, dict[str, None]] = {}
    for finding in findings:
        in_chart = finding.unit in charts
        if in_chart and (leads := charts[finding.unit].leads) is not None and leads(finding) is None:
            continue
        if given is not None and finding.unit and not _concerns(finding, given, in_chart):
            continue
        if not finding.unit:
            key: Key = (id(finding),)
        elif in_chart:
            key = ("chart", finding.rule, finding.file, finding.range, _field(finding.path), finding.level)
        else:
            key = (finding.rule, finding.file, finding.range, finding.path, finding.object.kind, finding.level)
        first.setdefault(key, finding)
        units.setdefault(key, {})[finding.unit] = None
    using: dict[str, int] = {}
    for unit in division.units:
        for file in unit.read if unit.kind != "chart" else ():
            using[file] = using.get(file, 0) + 1
    return [
        _with_values(finding, [charts[name] for name in units[key]], charts.values())
        if finding.unit in charts
        else _named(finding, [unit for unit in units[key] if unit], using)
        for key, finding in first.items()
    ]


def _concerns(finding: Finding, given: Collection[str], in_chart: bool) -> bool:
    """Whether a finding stands in a given file; in a chart, whether one had a hand in the value: a values file is read elsewhere."""
    return finding.file in given or (in_chart and any(related.file in given for related in finding.related))


def _field(path: str) -> str:
    """The last name of a path: a place of a template writes the same field of every object that it makes."""
    return path.rpartition(".")[2].partition("[")[0]


def _with_values(finding: Finding, units: list[Unit], every: Iterable[Unit]) -> Finding:
    """A finding of a chart, with the values that lead to it where those that the chart brings do not."""
    shown = list(dict.fromkeys(unit.variant if unit.leads is None else unit.leads(finding) or "" for unit in units))
    if "" in shown:  # said without a word: it holds by default
        return finding
    if len(units) == sum(unit.source == units[0].source for unit in every):
        return finding
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    between = "; or " if any(", " in one for one in shown) else ", "
    return replace(finding, message=f"{finding.message} (with {between.join(shown[:3])}{more})")


def _named(finding: Finding, units: list[str], using: dict[str, int]) -> Finding:
    """A finding of a source that several units are made of, with the units in which it holds."""
    every = using.get(finding.file, len(units))
    if every < 2 or not units:
        return finding
    shown = ", ".join(units[:3]) + (f" and {len(units) - 3} more" if len(units) > 3 else "")
    return replace(finding, message=f"{finding.message} (in {len(units)} of {every} overlays: {shown})")
