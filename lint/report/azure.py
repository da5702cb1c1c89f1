"""Logging commands of Azure Pipelines; follows escape and escapeData of azure-pipelines-task-lib.

Azure knows errors and warnings only: findings of the level info are plain lines of the log.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.concise import line as concise_line
from kubetrial.lint.report.text import encodable, shown


def render(result: Result, options: Options) -> Iterator[str]:
    """One line for each finding that is not suppressed."""
    for finding in shown(result):
        if finding.level == "info":
            # The agent takes commands from anywhere in a line.
            yield concise_line(finding, Options()).replace("##vso[", "## vso[").replace("##[", "## [") + "\n"
        else:
            yield _command(finding)


def _command(finding: Finding) -> str:
    properties = {
        "type": "warning" if finding.level == "warning" else "error",
        "sourcepath": finding.file,
        "linenumber": str(finding.range.start.line),
        "columnnumber": str(finding.range.start.column),
        "code": finding.rule,
    }
    listed = "".join(f"{key}={escape_property(value)};" for key, value in properties.items())
    return f"##vso[task.logissue {listed}]{escape_data(finding.message)}\n"


def escape_data(text: str) -> str:
    """The message of a command."""
    return encodable(text).replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """The value of a property of a command."""
    return escape_data(text).replace("]", "%5D").replace(";", "%3B")
