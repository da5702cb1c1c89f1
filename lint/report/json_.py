"""JSON, the contract for other tools; its shape is schemas/report.schema.json.

One object with `version`, `findings` and `summary`; one finding a line, so that reports can be compared line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kubetrial.lint.finding import Finding, Position, Range, Result, Summary
from kubetrial.lint.report import Options

VERSION = 1
"""Grows when a key changes its meaning or goes; new keys may come without."""

_ENCODER = json.JSONEncoder(ensure_ascii=False)
"""Made once: `json.dumps` makes one for each finding."""
_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def render(result: Result, options: Options) -> Iterator[str]:
    """The whole report, with the suppressed findings."""
    yield f'{{"version": {VERSION}, "findings": ['
    for number, finding in enumerate(result.findings):
        yield (",\n" if number else "\n") + dumps(as_json(finding))
    yield ("\n" if result.findings else "") + f'], "summary": {dumps(_summary(result.summary))}}}\n'


def dumps(value: Any, indent: int | None = None) -> str:
    """JSON in readable UTF-8; lone surrogates, which UTF-8 has no bytes for, and line separators are escaped."""
    text = _ENCODER.encode(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isascii() and "\x7f" not in text else _ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_json(finding: Finding) -> dict[str, Any]:
    """The object of one finding."""
    fix = finding.fix
    return {
        "rule": finding.rule,
        "category": finding.category.value,
        "level": finding.level,
        "message": finding.message,
        "consequence": finding.consequence,
        "help": finding.help,
        "file": finding.file,
        "document": finding.document,
        "template": finding.template,
        "range": _range(finding.range),
        "object": {
            "apiVersion": finding.object.api_version,
            "kind": finding.object.kind,
            "namespace": finding.object.namespace,
            "name": finding.object.name,
        },
        "path": finding.path,
        "related": [
            {"message": related.message, "file": related.file, "range": _range(related.range)}
            for related in finding.related
        ],
        "trace": list(finding.trace),
        "fix": None
        if fix is None
        else {
            "message": fix.message,
            "applicability": fix.applicability,
            "edits": [{"range": _range(edit.range), "text": edit.text} for edit in fix.edits],
            **({"file": fix.file} if fix.file else {}),
        },
        "suppressed": finding.suppressed is not None,
        "suppression": finding.suppressed,
        "fingerprint": finding.fingerprint,
        **({"kubernetesVersions": [f"1.{minor}" for minor in finding.minors]} if finding.minors else {}),
    }


def _range(range_: Range) -> dict[str, dict[str, int]]:
    return {"start": _position(range_.start), "end": _position(range_.end)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "files": summary.files,
        "documents": summary.documents,
        "skipped": dict(summary.skipped),
        "errors": summary.errors,
        "warnings": summary.warnings,
        "infos": summary.infos,
        "suppressed": summary.suppressed,
    }
