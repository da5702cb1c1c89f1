"""The baseline: the findings that a repository had when it took kubetrial up, and that are nobody's task today.

A file in JSON, one finding a line, sorted, so that it can be reviewed and merged. A finding is known by its identity, which does not
change when lines move (see Finding.identity); file names are relative to the baseline's folder, so that it holds from every working
directory. What is in it is silenced with a reason, never dropped: reports for machines still show it as suppressed.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from kubetrial.lint.files import read as bounded
from kubetrial.lint.files import witness, write
from kubetrial.lint.finding import Finding
from kubetrial.lint.values.records import dataclass, field, replace

VERSION = 1
DEFAULT_NAME = "kubetrial-baseline.json"
NEVER = frozenset(("internal-error", "file-unreadable"))
"""What no baseline silences: something was not looked at."""
_MOST_BYTES = 64 << 20


class BaselineError(Exception):
    """A baseline that cannot be read or written; the text says which and what would do."""


@dataclass(frozen=True, slots=True)
class AcceptedFinding:
    """One accepted finding: enough to know it again, and to be understood by a reviewer."""

    fingerprint: str
    rule: str
    file: str  # relative to the baseline's folder, with /
    object: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted findings by their fingerprints."""

    file: str  # where it is, as the user wrote it
    entries: dict[str, AcceptedFinding] = field(default_factory=dict)
    expires: datetime.date | None = None


def read(file: str) -> Baseline:
    """The baseline in a file; raises BaselineError."""
    try:
        if not witness.is_file(file):
            raise BaselineError(
                f"the baseline {file} is not there; `kubetrial check --write-baseline {file}` writes it"
                if not witness.exists(file)
                else f"the baseline {file} is no file"
            )
        if os.path.getsize(file) > _MOST_BYTES:
            raise BaselineError(f"the baseline {file} is larger than {_MOST_BYTES >> 20} MiB; write it anew")
        raw = json.loads(bounded.read(file, _MOST_BYTES).decode("utf-8"))
    except OSError as error:
        raise BaselineError(f"the baseline {file} cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError):
        raise BaselineError(f"the baseline {file} is no JSON; write it anew with --write-baseline") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("findings"), list):
        raise BaselineError(f"{file} is no baseline of kubetrial: it has no list `findings`")
    if raw.get("version") != VERSION:
        raise BaselineError(f"the baseline {file} has version {raw.get('version')!r}, and {VERSION} is read here")
    entries = {entry.fingerprint: entry for each in raw["findings"] if (entry := _entry(each)) is not None}
    if len(entries) < len(raw["findings"]) and any(_entry(each) is None for each in raw["findings"]):
        raise BaselineError(f"the baseline {file} has an entry without rule, file and fingerprint; write it anew")
    return Baseline(file, entries, _date(raw.get("expires"), file))


def _entry(raw: Any) -> AcceptedFinding | None:
    if not isinstance(raw, dict):
        return None
    texts = {name: raw.get(name, "") for name in ("fingerprint", "rule", "file", "object", "path")}
    if not all(isinstance(text, str) for text in texts.values()) or not texts["fingerprint"] or not texts["rule"]:
        return None
    return AcceptedFinding(**texts)


def _date(raw: Any, file: str) -> datetime.date | None:
    if raw is None:
        return None
    try:
        return date(raw)
    except (BaselineError, TypeError, AttributeError):
        raise BaselineError(f"the baseline {file}: expires is {raw!r}; write a day such as 2027-03-31") from None


def date(text: str) -> datetime.date:
    """`2027-03-31`; raises BaselineError."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise BaselineError(f"{text!r} is no day; write one such as 2027-03-31") from None


def written(findings: Iterable[Finding], file: str, expires: datetime.date | None = None) -> str:
    """The text of a baseline that holds the findings which nothing else silences."""
    rows = sorted(
        {_row(finding, file) for finding in findings if finding.suppressed is None and finding.rule not in NEVER}
    )
    return _text(
        (AcceptedFinding(fingerprint, rule, name, obj, path) for name, rule, obj, path, fingerprint in rows), expires
    )


def _row(finding: Finding, file: str) -> tuple[str, str, str, str, str]:
    name = _from(file, finding.file)
    return name, finding.rule, str(finding.object), finding.path, finding.identity(name)


def _text(entries: Iterable[AcceptedFinding], expires: datetime.date | None) -> str:
    head: dict[str, Any] = {"version": VERSION}
    if expires is not None:
        head["expires"] = expires.isoformat()
    rows = [
        json.dumps(
            {"rule": e.rule, "file": e.file, "object": e.object, "path": e.path, "fingerprint": e.fingerprint},
            ensure_ascii=True,
        )
        for e in entries
    ]
    opening = json.dumps(head)[:-1]
    body = "\n" + ",\n".join(rows) + "\n" if rows else ""
    return f'{opening}, "findings": [{body}]}}\n'


def pruned(baseline: Baseline, gone: Collection[str]) -> str:
    """The text of a baseline without the entries that are gone."""
    return _text((entry for mark, entry in baseline.entries.items() if mark not in gone), baseline.expires)


def save(file: str, text: str) -> None:
    """Write a baseline; raises BaselineError."""
    try:
        write.replace(file, [text])
    except OSError as error:
        raise BaselineError(
            f"the baseline {file} cannot be written: {(error.strerror or str(error)).lower()}"
        ) from None


def apply(findings: Sequence[Finding], baseline: Baseline) -> tuple[list[Finding], set[str]]:
    """The findings, those that the baseline knows silenced, and the fingerprints of those that it knew."""
    kept, seen = [], set()
    for finding in findings:
        if finding.rule not in NEVER:
            mark = finding.identity(_from(baseline.file, finding.file))
            if mark in baseline.entries:
                seen.add(mark)
                if finding.suppressed is None:
                    finding = replace(finding, suppressed=f"in the baseline {baseline.file}")
        kept.append(finding)
    return kept, seen


def gone(
    baseline: Baseline, seen: Collection[str], files: Iterable[str], rules: Collection[str]
) -> list[AcceptedFinding]:
    """The entries that are mended: their file was checked or is not there any more, their rule ran, and nothing was found."""
    checked = {_from(baseline.file, file) for file in files}
    folder = os.path.dirname(os.path.abspath(baseline.file))
    return [
        entry
        for mark, entry in baseline.entries.items()
        if mark not in seen
        and (entry.file in checked or not witness.exists(os.path.join(folder, entry.file)))
        and (entry.rule in rules or entry.file not in checked)
    ]


def is_over(baseline: Baseline, today: datetime.date) -> bool:
    """Whether the day is past until which the baseline was to hold."""
    return baseline.expires is not None and today > baseline.expires


def _from(baseline: str, file: str) -> str:
    """A file's name relative to the folder of the baseline."""
    if file.startswith("<"):
        return file
    try:
        name = os.path.relpath(os.path.abspath(file), os.path.dirname(os.path.abspath(baseline)))
    except ValueError:  # another drive
        return file
    return name.replace(os.sep, "/")
