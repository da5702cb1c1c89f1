"""Findings of several units at one place of a source: one finding, which names the units."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from kubetrial.lint.build.units import Division
from kubetrial.lint.finding import Finding


def merged(findings: Iterable[Finding], division: Division, given: Collection[str] | None) -> list[Finding]:
    """The findings with equals of several units said once; with `given`, what stands in other files is left out."""
    first: dict[tuple[object, ...], Finding] = {}
    units: dict[tuple[object, ...], dict[str, None]] = {}
    for finding in findings:
        if given is not None and finding.file not in given and finding.unit:
            continue
        key: tuple[object, ...] = (
            finding.rule,
            finding.file,
            finding.range,
            finding.path,
            finding.object.kind,
            finding.level,
        )
        if not finding.unit:
            key = (*key, id(finding))
        first.setdefault(key, finding)
        units.setdefault(key, {})[finding.unit] = None
    using: dict[str, int] = {}
    for unit in division.units:
        for file in unit.read:
            using[file] = using.get(file, 0) + 1
    return [_named(finding, [unit for unit in units[key] if unit], using) for key, finding in first.items()]


def _named(finding: Finding, units: list[str], using: dict[str, int]) -> Finding:
    """A finding of a source that several units are made of, with the units in which it holds."""
    every = using.get(finding.file, len(units))
    if every < 2 or not units:
        return finding
    shown = ", ".join(units[:3]) + (f" and {len(units) - 3} more" if len(units) > 3 else "")
    return replace(finding, message=f"{finding.message} (in {len(units)} of {every} overlays: {shown})")
