"""SARIF 2.1.0, as GitHub code scanning reads it.

Regions stand on a single line because an annotation shows only where all its lines are part of the change; fingerprints
do not depend on lines, so that findings survive edits above them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from kubetrial.lint.finding import Finding, Fix, Range, Related, Result
from kubetrial.lint.report import Options, RuleInfo
from kubetrial.lint.report.json_ import dumps
from kubetrial.lint.report.text import from_root, is_absolute

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PRECISION = {"rejected": "very-high", "broken": "high", "risky": "medium", "security": "high", "advice": "medium"}
_MAX_TEXT = 1024
"""GitHub refuses longer descriptions."""
MOST_RESULTS = 25_000
"""GitHub refuses a report with more results in a run."""


def render(result: Result, options: Options) -> Iterator[str]:
    """One run with all findings; suppressed ones carry their `suppressions`."""
    findings, left = _taken(result.findings)
    levels = {finding.rule: finding for finding in findings}
    names = sorted(levels)
    index = {name: number for number, name in enumerate(names)}
    driver = {
        "name": "kubetrial",
        "semanticVersion": _version(),
        "rules": [_rule(options.rules.get(name), levels[name]) for name in names],
    }
    invocation: dict[str, Any] = {"executionSuccessful": not result.internal_error}
    notes = [("note", note) for note in result.notes]
    if left:
        notes.append(("warning", f"{left} more findings are not in this report: GitHub takes {MOST_RESULTS} at most"))
    if notes:
        invocation["toolExecutionNotifications"] = [
            {"level": level, "message": {"text": text}} for level, text in notes
        ]
    yield '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{\n'
    yield f'"tool": {dumps({"driver": driver})},\n'
    yield '"automationDetails": {"id": "kubetrial/"},\n'
    yield '"columnKind": "unicodeCodePoints",\n'
    yield f'"invocations": [{dumps(invocation)}],\n'
    yield '"results": ['
    seen: dict[str, int] = {}
    for number, finding in enumerate(findings):
        one = _result(finding, index[finding.rule], options.directory)
        count = seen[finding.fingerprint] = seen.get(finding.fingerprint, 0) + 1
        one["partialFingerprints"] = {"primaryLocationLineHash": f"{finding.fingerprint}:{count}"}
        yield (",\n" if number else "\n") + dumps(one)
    yield ("\n" if findings else "") + "]}]}\n"


def _taken(findings: Sequence[Finding]) -> tuple[Sequence[Finding], int]:
    """The findings that GitHub takes in one report, the worst ones in their order, and how many are left out."""
    if len(findings) <= MOST_RESULTS:
        return findings, 0
    rank = {"error": 0, "warning": 1}
    worst = sorted(
        range(len(findings)), key=lambda at: (findings[at].suppressed is not None, rank.get(findings[at].level, 2), at)
    )
    return [findings[at] for at in sorted(worst[:MOST_RESULTS])], len(findings) - MOST_RESULTS


def _version() -> str:
    """The version of the installed distribution."""
    from kubetrial.lint.values.release import release

    return release() or "0.0.0"


def _rule(info: RuleInfo | None, finding: Finding) -> dict[str, Any]:
    category = finding.category.value
    summary = (info.summary if info else "") or finding.rule
    properties: dict[str, Any] = {"tags": ["kubernetes", category], "precision": _PRECISION[category]}
    if category == "security":
        properties["security-severity"] = "5.0"
    else:
        properties["problem.severity"] = {"info": "recommendation"}.get(finding.level, finding.level)
    rule: dict[str, Any] = {
        "id": finding.rule,
        "name": "".join(word.capitalize() for word in finding.rule.split("-")),  # must differ from the id
        "shortDescription": {"text": summary[:_MAX_TEXT]},
        "fullDescription": {"text": summary[:_MAX_TEXT]},
        "help": {"text": (info.manual if info else "") or summary},
        "defaultConfiguration": {"level": _LEVELS.get(finding.level, "error")},
        "properties": properties,
    }
    if info and info.manual:
        rule["help"]["markdown"] = info.manual
    if info and info.url:
        rule["helpUri"] = info.url
    return rule


def _result(finding: Finding, rule_index: int, directory: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS.get(finding.level, "error"),
        "message": {"text": _message(finding)},
        "locations": [_location(finding, directory)],
    }
    if finding.related:
        result["relatedLocations"] = [
            _related(related, number, directory) for number, related in enumerate(finding.related, 1)
        ]
    if finding.suppressed is not None:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": finding.suppressed}]
    if finding.fix is not None and finding.fix.edits:
        result["fixes"] = [_fix(finding.fix, finding.fix.file or finding.file, directory)]
    return result


def _message(finding: Finding) -> str:
    """Sentences: what is wrong (what GitHub shows in lists), the consequence, the help, links to other places."""
    sentences = [finding.message]
    if finding.consequence:
        sentences.append(f"In the cluster: {finding.consequence}")
    if finding.help:
        sentences.append(f"Help: {finding.help}")
    sentences += [f"See [{_link_text(related)}]({number})" for number, related in enumerate(finding.related, 1)]
    ended = [text if text.endswith((".", "?", "!")) else f"{text}." for text in sentences]
    return " ".join(ended) if len(ended) > 1 else finding.message


def _link_text(related: Related) -> str:
    text = related.message or related.file
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(finding: Finding, directory: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(finding.file, directory),
            "region": _region(finding.range),
        }
    }
    if finding.object.kind or finding.object.name:
        location["logicalLocations"] = [
            {"fullyQualifiedName": f"{finding.object} {finding.path}".strip(), "kind": "resource"}
        ]
    return location


def _related(related: Related, number: int, directory: str) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": related.message or related.file},
        "physicalLocation": {
            "artifactLocation": _artifact(related.file, directory),
            "region": _region(related.range),
        },
    }


def _fix(fix: Fix, file: str, directory: str) -> dict[str, Any]:
    return {
        "description": {"text": fix.message},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(file, directory),
                "replacements": [
                    {
                        "deletedRegion": {
                            "startLine": max(edit.range.start.line, 1),
                            "startColumn": max(edit.range.start.column, 1),
                            "endLine": max(edit.range.end.line, 1),
                            "endColumn": max(edit.range.end.column, 1),
                        },
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in fix.edits
                ],
            }
        ],
    }


def _region(range_: Range) -> dict[str, int]:
    """A range of several lines ends with its first one (no endColumn: the end of the line)."""
    line, column = max(range_.start.line, 1), max(range_.start.column, 1)
    region = {"startLine": line, "startColumn": column, "endLine": line}
    if range_.end.line <= range_.start.line:
        region["endColumn"] = max(range_.end.column, column + 1)
    return region


def _artifact(file: str, directory: str) -> dict[str, str]:
    name = from_root(file, directory)
    try:
        path = quote(name.encode("utf-8", "surrogateescape"))  # names that are no UTF-8 keep their bytes
    except UnicodeEncodeError:
        path = quote(name.encode("utf-8", "surrogatepass"))
    if is_absolute(name):
        return {"uri": "file://" + ("" if name.startswith("/") else "/") + path.replace("%3A", ":", 1)}
    return {"uri": path, "uriBaseId": "%SRCROOT%"}
