"""What an upgrade of Kubernetes changes, as text, JSON, SARIF and Markdown: one page a minor, in the order in which they come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from kubetrial.lint.finding import Finding, Result, Summary
from kubetrial.lint.report.summary import looked_at, nothing_checked
from kubetrial.lint.values.printable import harmless_text, one_line
from kubetrial.lint.values.records import dataclass, replace

KINDS = {
    "refused": ("refused", "error", "the API server takes it now and refuses it from then on"),
    "dropped": ("dropped", "warning", "the API server keeps the field now and drops it from then on"),
    "effective": ("takes effect", "warning", "dropped now; applied again after the upgrade, it counts"),
    "broken": ("works otherwise", "warning", "what the manifest says leads to something else from then on"),
    "deprecated": ("deprecated", "warning", "the server warns from then on, and a later minor does not know it"),
    "accepted": ("only from then on", "info", "the API server refuses it now and takes it from then on"),
    "mended": ("works from then on", "info", "what is wrong with it now is not wrong from then on"),
}
"""Kind of a change -> (its words, the level, what it means), the gravest first."""

FORMATS = ("text", "json", "sarif", "markdown")


@dataclass(frozen=True, slots=True)
class UpgradeChange:
    """One thing that is otherwise from a minor on; `kind` is one of KINDS, `finding` that which came or went."""

    minor: int
    kind: str
    finding: Finding

    @property
    def level(self) -> str:
        """`error`, `warning` or `info`."""
        return KINDS[self.kind][1]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """All that changes between two minors, the minors in their order and the gravest first."""

    old: int
    new: int
    changes: tuple[UpgradeChange, ...]
    checked: Summary
    notes: tuple[str, ...] = ()
    sources: Mapping[str, str] | None = None


def render(name: str, upgrade: Upgrade) -> Iterator[str]:
    """The pieces of a report in one of FORMATS."""
    pieces = {"text": _text, "json": _json, "sarif": _sarif, "markdown": _markdown}[name](upgrade)
    family = "json" if name in ("json", "sarif") else "plain"
    return (harmless_text(piece, family) for piece in pieces)


def summary(upgrade: Upgrade) -> str:
    """`2 changes from 1.31 to 1.34 in 10 objects (9 files): 1 refused, 1 takes effect.`"""
    objects = upgrade.checked.documents
    if not objects and not upgrade.changes:
        return nothing_checked(upgrade.checked)
    counts = [(KINDS[kind][0], sum(c.kind == kind for c in upgrade.changes)) for kind in KINDS]
    told = ", ".join(f"{count} {words}" for words, count in counts if count)
    number = len(upgrade.changes)
    span = f"1.{upgrade.old} to 1.{upgrade.new}"
    head = f"{number or 'No'} change{'' if number == 1 else 's'} from {span} in {objects} object{'' if objects == 1 else 's'}"
    head += f" ({looked_at(upgrade.checked)})"
    return f"{head}: {told}." if told else f"{head}."


def _by_minor(changes: Sequence[UpgradeChange]) -> Iterator[tuple[int, list[UpgradeChange]]]:
    for minor, group in groupby(changes, key=lambda change: change.minor):
        yield minor, list(group)


def _place(finding: Finding) -> str:
    return f"{finding.file}:{finding.range.start.line}:{finding.range.start.column}"


def _text(upgrade: Upgrade) -> Iterator[str]:
    for minor, changes in _by_minor(upgrade.changes):
        yield f"Kubernetes 1.{minor}\n"
        for change in changes:
            f = change.finding
            words = KINDS[change.kind][0]
            yield one_line(f"  {_place(f)}: {words}: {f.object}: {f.message} [{f.rule}]") + "\n"
            if f.help and change.kind not in ("accepted", "mended", "effective"):
                yield one_line(f"      write: {f.help}") + "\n"
        yield "\n"


def _json(upgrade: Upgrade) -> Iterator[str]:
    data: dict[str, Any] = {
        "version": 1,
        "from": f"1.{upgrade.old}",
        "to": f"1.{upgrade.new}",
        "documents": upgrade.checked.documents,
        "changes": [_data(change) for change in upgrade.changes],
        "notes": list(upgrade.notes),
    }
    yield json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _data(change: UpgradeChange) -> dict[str, Any]:
    f = change.finding
    start, end = f.range.start, f.range.end
    data: dict[str, Any] = {
        "minor": f"1.{change.minor}",
        "change": change.kind,
        "level": change.level,
        "rule": f.rule,
        "message": f.message,
        "file": f.file,
        "document": f.document,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "object": {
            "apiVersion": f.object.api_version,
            "kind": f.object.kind,
            "namespace": f.object.namespace,
            "name": f.object.name,
        },
        "path": f.path,
        "help": f.help,
    }
    if f.fix is not None and change.kind in ("refused", "deprecated"):
        data["fix"] = {"message": f.fix.message, "applicability": f.fix.applicability}
    return data


def _sarif(upgrade: Upgrade) -> Iterator[str]:
    from kubetrial.lint.report import Options, sarif

    findings = tuple(
        replace(
            change.finding,
            level=change.level,
            message=f"from Kubernetes 1.{change.minor} on, {KINDS[change.kind][0]}: {change.finding.message}",
        )
        for change in upgrade.changes
    )
    result = Result(findings, (), Summary(), dict(upgrade.sources or {}), upgrade.notes)
    return sarif.render(result, Options())


def _markdown(upgrade: Upgrade) -> Iterator[str]:
    yield f"# From Kubernetes 1.{upgrade.old} to 1.{upgrade.new}\n\n{summary(upgrade)}\n"
    for minor, changes in _by_minor(upgrade.changes):
        yield f"\n## 1.{minor}\n"
        for kind, group in groupby(changes, key=lambda change: change.kind):
            words, _, meaning = KINDS[kind]
            yield f"\n### {words[0].upper()}{words[1:]}\n\n{meaning[0].upper()}{meaning[1:]}.\n\n"
            yield "| where | object | what | write |\n| --- | --- | --- | --- |\n"
            for change in group:
                f = change.finding
                help = "" if kind in ("accepted", "mended", "effective") else f.help
                yield f"| {_cell(_place(f))} | {_cell(str(f.object))} | {_cell(f.message)} | {_cell(help)} |\n"
    for note in upgrade.notes:
        yield f"\nNote: {_cell(note)}\n"


def _cell(text: str) -> str:
    """Text that stays in its cell and is no markup."""
    for sign in "\\|*_[]<>&":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>&" else {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[sign])
    return one_line(text)
