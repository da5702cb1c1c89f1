"""One finding a line: `file:line:column: level rule message`, which editors and problem matchers read.

The grammar is that of problem_matcher.py; columns are from 1 in characters.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.colour import paint_level, painter
from kubetrial.lint.report.text import one_line, shown


def render(result: Result, options: Options) -> Iterator[str]:
    """One line for each finding that is not suppressed."""
    for finding in shown(result):
        yield line(finding, options) + "\n"


def line(finding: Finding, options: Options) -> str:
    """The finding on one line, without a line break."""
    paint = painter(options.colour)
    start, end = finding.range.start, finding.range.end
    place = f":{start.line}:{start.column}"
    if options.ranges:
        place += f"-{end.line}:{end.column}"
    word = "notice" if options.notice and finding.level == "info" else finding.level
    return (
        f"{paint(one_line(finding.file), 'bold')}{place}: {paint_level(paint, word, finding.level)}"
        f" {one_line(finding.rule)} {one_line(finding.message)}"
        + (f" (from {one_line(finding.template)})" if finding.template else "")
    )
