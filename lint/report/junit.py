"""JUnit XML: a suite a file, a failed case a finding, and a passing case for each document without findings.

A finding that means that a document could not be examined at all is an `<error>`, a suppressed one `<skipped>`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from kubetrial.lint.finding import CheckedDocument, Finding, ObjectRef, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.text import shown
from kubetrial.lint.report.xml import attributes, content

NOT_EXAMINED = frozenset({"yaml-syntax", "file-unreadable", "internal-error"})
"""Rules whose findings say that something could not be examined."""


def render(result: Result, options: Options) -> Iterator[str]:
    """The whole document."""
    with_findings = {(finding.file, finding.document) for finding in shown(result)}
    findings: dict[str, list[Finding]] = {}
    clean: dict[str, list[CheckedDocument]] = {}
    for document in result.documents:
        if (document.file, document.document) not in with_findings:
            clean.setdefault(document.file, []).append(document)
    for finding in result.findings:
        findings.setdefault(finding.file, []).append(finding)

    passing = sum(map(len, clean.values()))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{attributes(name='kubetrial', **_counts(result.findings, passing))}>\n"
    for file in sorted({*findings, *clean}):
        yield from _suite(file, findings.get(file, []), clean.get(file, []))
    yield "</testsuites>\n"


def _suite(file: str, findings: list[Finding], clean: list[CheckedDocument]) -> Iterator[str]:
    counts = _counts(findings, len(clean))
    yield f"  <testsuite{attributes(name=file, **counts, package='kubetrial')}>\n"
    stem = posixpath.splitext(file)[0]
    for document in clean:
        case = attributes(name=_name(document.object, document.document), classname=stem, line=document.line)
        yield f"    <testcase{case}/>\n"
    for finding in findings:
        start = finding.range.start
        case = attributes(name=f"kubetrial.{finding.rule}", classname=stem, line=start.line, column=start.column)
        yield f"    <testcase{case}>\n"
        yield "      <properties>\n"
        for key, value in (("severity", finding.level), ("object", str(finding.object)), ("path", finding.path)):
            if value:
                yield f"        <property{attributes(name=key, value=value)}/>\n"
        yield "      </properties>\n"
        yield f"      {_outcome(finding)}\n"
        yield "    </testcase>\n"
    yield "  </testsuite>\n"


def _outcome(finding: Finding) -> str:
    if finding.suppressed is not None:
        return f"<skipped{attributes(message=finding.suppressed or 'suppressed')}/>"
    tag = "error" if finding.rule in NOT_EXAMINED else "failure"
    rows = [f"line {finding.range.start.line}, col {finding.range.start.column}, {finding.message}"]
    rows += [f"in the cluster: {finding.consequence}"] if finding.consequence else []
    rows += [f"help: {finding.help}"] if finding.help else []
    return f"<{tag}{attributes(message=finding.message, type=finding.level)}>{content(chr(10).join(rows))}</{tag}>"


def _counts(findings: list[Finding] | tuple[Finding, ...], passing: int) -> dict[str, int]:
    skipped = sum(1 for finding in findings if finding.suppressed is not None)
    errors = sum(1 for finding in findings if finding.suppressed is None and finding.rule in NOT_EXAMINED)
    return {
        "tests": len(findings) + passing,
        "skipped": skipped,
        "failures": len(findings) - skipped - errors,
        "errors": errors,
    }


def _name(object_: ObjectRef, document: int) -> str:
    """`StatefulSet/shop/web`, the document's number where nothing names it."""
    parts = [part for part in (object_.kind, object_.namespace, object_.name) if part]
    return "/".join(parts) or f"document {document + 1}"
