"""Checkstyle XML, which many review tools read."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.text import shown
from kubetrial.lint.report.xml import attributes


def render(result: Result, options: Options) -> Iterator[str]:
    """An element for each file with findings that are not suppressed."""
    files: dict[str, list[Finding]] = {}
    for finding in shown(result):
        files.setdefault(finding.file, []).append(finding)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n'
    for file, findings in files.items():
        yield f"  <file{attributes(name=file)}>\n"
        for finding in findings:
            error = attributes(
                line=finding.range.start.line,
                column=finding.range.start.column,
                severity=finding.level,
                message=finding.message,
                source=f"kubetrial.{finding.rule}",
            )
            yield f"    <error{error}/>\n"
        yield "  </file>\n"
    yield "</checkstyle>\n"
