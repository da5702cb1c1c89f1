"""Reviewdog's Diagnostic Format; follows reviewdog.proto, whose columns count bytes of UTF-8 from 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kubetrial.lint.finding import Finding, Position, Range, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.excerpt import lines_of
from kubetrial.lint.report.json_ import dumps
from kubetrial.lint.report.text import shown

_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}

Line = Callable[[str, int], "str | None"]


def render(result: Result, options: Options) -> Iterator[str]:
    """One object with a diagnostic for each finding that is not suppressed."""
    line = lines_of(result)
    some = False
    yield '{"source": {"name": "kubetrial"}, "severity": "WARNING", "diagnostics": ['
    for finding in shown(result):
        yield (",\n" if some else "\n") + dumps(_diagnostic(finding, options, line))
        some = True
    yield ("\n" if some else "") + "]}\n"


def _diagnostic(finding: Finding, options: Options, line: Line) -> dict[str, Any]:
    rule = options.rules.get(finding.rule)
    code = {"value": finding.rule}
    if rule and rule.url:
        code["url"] = rule.url
    diagnostic: dict[str, Any] = {
        "message": finding.message,
        "location": {"path": finding.file, "range": _range(finding.file, finding.range, line)},
        "severity": _SEVERITIES.get(finding.level, "ERROR"),
        "code": code,
    }
    if finding.fix and finding.fix.applicability == "safe" and not finding.fix.file:
        diagnostic["suggestions"] = [
            {"range": _range(finding.file, edit.range, line), "text": edit.text} for edit in finding.fix.edits
        ]
    if finding.related:
        diagnostic["related_locations"] = [
            {
                "message": related.message,
                "location": {"path": related.file, "range": _range(related.file, related.range, line)},
            }
            for related in finding.related
        ]
    return diagnostic


def _range(file: str, range_: Range, line: Line) -> dict[str, dict[str, int]]:
    return {"start": _position(file, range_.start, line), "end": _position(file, range_.end, line)}


def _position(file: str, position: Position, line: Line) -> dict[str, int]:
    text = line(file, position.line) or ""
    column = position.column
    if not text.isascii():
        before = text[: max(column - 1, 0)]
        column += len(before.encode("utf-8", "surrogatepass")) - len(before)
    return {"line": position.line, "column": column}
