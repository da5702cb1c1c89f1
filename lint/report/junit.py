"""JUnit XML: a suite a file, a failed case a finding, and a passing case for each document without findings.

A finding that means that a document could not be examined at all is an `<error>`, a suppressed one `<skipped>`; one below the level
that makes the run fail is a passing case that says what was found. Every case has a name of its own: viewers know cases by it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

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
    counts = _counts(result.findings, passing, options.failing)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{attributes(name='kubetrial', **counts, time=_TIME)}>\n"
    for file in sorted({*findings, *clean}):
        yield from _suite(file, findings.get(file, []), clean.get(file, []), options.failing)
    yield "</testsuites>\n"


_TIME = "0"
"""The schema of JUnit files wants a time of every case, and a static check has none to tell."""


def _suite(file: str, findings: list[Finding], clean: list[CheckedDocument], failing: Collection[str]) -> Iterator[str]:
    counts = _counts(findings, len(clean), failing)
    yield f"  <testsuite{attributes(name=file, **counts, time=_TIME, package='kubetrial')}>\n"
    stem = posixpath.splitext(file)[0]
    names: dict[str, int] = {}
    for document in clean:
        name = _own(_name(document.object, document.document), names)
        case = attributes(name=name, classname=stem, time=_TIME, line=document.line)
        yield f"    <testcase{case}/>\n"
    for finding in findings:
        start = finding.range.start
        about = " ".join(part for part in (str(finding.object), finding.path) if part)
        name = _own(f"kubetrial.{finding.rule}" + (f": {about}" if about else ""), names)
        case = attributes(name=name, classname=stem, time=_TIME, line=start.line, column=start.column)
        yield f"    <testcase{case}>\n"
        yield "      <properties>\n"
        for key, value in (("severity", finding.level), ("object", str(finding.object)), ("path", finding.path)):
            if value:
                yield f"        <property{attributes(name=key, value=value)}/>\n"
        yield "      </properties>\n"
        yield f"      {_outcome(finding, failing)}\n"
        yield "    </testcase>\n"
    yield "  </testsuite>\n"


def _own(name: str, names: dict[str, int]) -> str:
    """A name that no other case of the suite has; equals are numbered."""
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else _own(f"{name} ({names[name]})", names)


def _outcome(finding: Finding, failing: Collection[str]) -> str:
    if finding.suppressed is not None:
        return f"<skipped{attributes(message=finding.suppressed or 'suppressed')}/>"
    tag = "error" if finding.rule in NOT_EXAMINED else "failure"
    rows = [f"line {finding.range.start.line}, col {finding.range.start.column}, {finding.message}"]
    rows += [f"in the cluster: {finding.consequence}"] if finding.consequence else []
    rows += [f"help: {finding.help}"] if finding.help else []
    if tag == "failure" and finding.level not in failing:
        return f"<system-out>{content(chr(10).join([f'{finding.level}: {rows[0]}', *rows[1:]]))}</system-out>"
    return f"<{tag}{attributes(message=finding.message, type=finding.level)}>{content(chr(10).join(rows))}</{tag}>"


def _counts(findings: list[Finding] | tuple[Finding, ...], passing: int, failing: Collection[str]) -> dict[str, int]:
    skipped = sum(1 for finding in findings if finding.suppressed is not None)
    errors = sum(1 for finding in findings if finding.suppressed is None and finding.rule in NOT_EXAMINED)
    failures = sum(
        1
        for finding in findings
        if finding.suppressed is None and finding.rule not in NOT_EXAMINED and finding.level in failing
    )
    return {
        "tests": len(findings) + passing,
        "skipped": skipped,
        "failures": failures,
        "errors": errors,
    }


def _name(object_: ObjectRef, document: int) -> str:
    """`StatefulSet/shop/web`, the document's number where nothing names it."""
    parts = [part for part in (object_.kind, object_.namespace, object_.name) if part]
    return "/".join(parts) or f"document {document + 1}"
