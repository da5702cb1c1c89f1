"""The one line that says what a run found and, above all, what it looked at."""

from __future__ import annotations

from collections.abc import Sequence

from kubetrial.lint.finding import Result, Summary
from kubetrial.lint.report.text import one_line, shown

_NO_SCHEMA = "no schema for "


def summary_line(result: Result) -> str:
    """`Found 2 errors in 1 of 12 documents (9 files; 1 skipped: Helm template).`, without a line break.

    A run that checked nothing says so: silence would look like success.
    """
    summary = result.summary
    findings = list(shown(result))
    around = looked_at(summary)
    if not findings:
        if summary.documents:
            return f"No findings in {_count(summary.documents, 'document')} ({around})."
        return nothing_checked(summary)

    counts = {"error": 0, "warning": 0, "info": 0}
    for finding in findings:
        counts[finding.level] = counts.get(finding.level, 0) + 1
    found = ", ".join(_count(number, level) for level, number in counts.items() if number)
    affected = len({(finding.file, finding.document) for finding in findings})
    # Documents that cannot be read have findings but are not counted among those that were checked.
    total = summary.documents
    where = f"{affected} of {_count(total, 'document')}" if affected <= total else _count(affected, "document")
    fixable = sum(1 for finding in findings if finding.fix and finding.fix.applicability == "safe")
    return f"Found {found} in {where} ({around})." + (f" [*] {fixable} fixable." if fixable else "")


def looked_at(summary: Summary) -> str:
    """`9 files; 1 skipped: Helm template`: what a run read and left alone."""
    details = [_count(summary.files, "file"), *_skipped(summary.skipped)]
    if summary.suppressed:
        details.append(f"{summary.suppressed} suppressed")
    return "; ".join(details)


def nothing_checked(summary: Summary) -> str:
    """What a run says in which no object was checked."""
    return f"Nothing was checked: {_nothing(summary.files, summary.skipped)}."


def condensed(notes: Sequence[str]) -> list[str]:
    """The notes for people: where many files have the same one, the first three, and how many more there are."""
    alike: dict[str, list[str]] = {}
    for note in notes:
        alike.setdefault(note.partition(": ")[2] or note, []).append(note)
    said: list[str] = []
    for what, each in alike.items():
        if len(each) < _ALIKE:
            said += each
        else:
            said += [*each[:3], f"{len(each) - 3} more: {what}"]
    return said


_ALIKE = 8
"""So many notes that differ in the file alone are said as one."""


def _nothing(files: int, skipped: dict[str, int]) -> str:
    parts = _skipped(skipped)
    if not files and not parts:
        return "no manifests were found"
    return "; ".join([f"no Kubernetes objects in {_count(files, 'file')}", *parts])


def _skipped(skipped: dict[str, int]) -> list[str]:
    """`1 skipped: Helm template`, or `3 skipped: 2 Helm template, 1 kustomization`; at most one part."""
    reasons = _joined({one_line(reason): number for reason, number in skipped.items() if number})
    if not reasons:
        return []
    if len(reasons) == 1:
        ((reason, number),) = reasons.items()
        return [f"{number} skipped: {reason}"]
    listed = ", ".join(f"{number} {reason}" for reason, number in reasons.items())
    return [f"{sum(reasons.values())} skipped: {listed}"]


def _joined(reasons: dict[str, int]) -> dict[str, int]:
    """The reasons with the kinds that have no schema as one: the notes name each of them."""
    kinds = [reason for reason in reasons if reason.startswith(_NO_SCHEMA)]
    if len(kinds) < 3:
        return reasons
    total = sum(reasons[reason] for reason in kinds)
    others = {reason: number for reason, number in reasons.items() if reason not in kinds}
    return {**others, f"objects of {len(kinds)} kinds without a schema": total}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
