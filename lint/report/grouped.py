"""Findings grouped by file, in columns: an overview for people."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.colour import paint_level, painter
from kubetrial.lint.report.text import one_line, shown


def render(result: Result, options: Options) -> Iterator[str]:
    """A heading for each file with findings, its findings indented below, a blank line after each file."""
    files: dict[str, list[Finding]] = {}
    for finding in shown(result):
        files.setdefault(finding.file, []).append(finding)
    paint = painter(options.colour)
    for file, findings in files.items():
        yield f"{paint(one_line(file), 'bold')}:\n"
        places = [f"{finding.range.start.line}:{finding.range.start.column}" for finding in findings]
        wide = max(map(len, places))
        wide_level = max(len(finding.level) for finding in findings)
        for place, finding in zip(places, findings, strict=True):
            level = paint_level(paint, finding.level.ljust(wide_level), finding.level)
            mark = " [*]" if finding.fix and finding.fix.applicability == "safe" else ""
            yield f"  {place.rjust(wide)} {level} {one_line(finding.rule)}{mark} {one_line(finding.message)}\n"
        yield "\n"
