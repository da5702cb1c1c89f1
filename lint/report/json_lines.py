"""JSON Lines: the objects of the format json's `findings`, one a line, for tools that read a stream."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.finding import Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.json_ import as_json, dumps


def render(result: Result, options: Options) -> Iterator[str]:
    """One line for each finding, the suppressed ones too; nothing when there are none."""
    for finding in result.findings:
        yield dumps(as_json(finding)) + "\n"
