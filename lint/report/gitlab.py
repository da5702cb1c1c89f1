"""GitLab's Code Quality report, `gl-code-quality-report.json`; an empty array when nothing was found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Position, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.json_ import dumps
from kubetrial.lint.report.text import from_root, shown

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(result: Result, options: Options) -> Iterator[str]:
    """One entry for each finding that is not suppressed, with fingerprints that are unique in the report."""
    seen: dict[str, int] = {}
    yield "["
    for number, finding in enumerate(shown(result)):
        yield (",\n" if number else "\n") + dumps(_entry(finding, _unique(finding.fingerprint, seen), options))
    yield ("\n" if seen else "") + "]\n"


def _unique(fingerprint: str, seen: dict[str, int]) -> str:
    """GitLab drops a second finding of the same fingerprint, so equals are counted."""
    count = seen[fingerprint] = seen.get(fingerprint, -1) + 1
    return hashlib.sha256(f"{fingerprint} {count}".encode()).hexdigest() if count else fingerprint


def _entry(finding: Finding, fingerprint: str, options: Options) -> dict[str, object]:
    return {
        "description": f"{finding.rule}: {finding.message}",
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": _severity(finding),
        "location": {
            "path": from_root(finding.file, options.directory),
            "positions": {"begin": _position(finding.range.start), "end": _position(finding.range.end)},
        },
    }


def _severity(finding: Finding) -> str:
    """What the cluster takes and then never does is worse than what it refuses at once."""
    if finding.category.value == "broken" and finding.level == "error":
        return "critical"
    return _SEVERITIES.get(finding.level, "major")


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
