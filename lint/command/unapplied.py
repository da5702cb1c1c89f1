"""Findings about files that nobody applies as they stand, by what else is in the repository: they are counted and not told.

A file is judged by the evidence of the repository around it only where it was found in a folder: one that is named is always judged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.engine import Checked
from kubetrial.lint.files import commands, discover, embedding
from kubetrial.lint.finding import Category, Finding
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.command.gather import Gathered

FILLED_IN = "value that a script writes first"
OF_A_TOOL = "object that another tool than kubectl reads"
COMPLETED = "object that a controller would complete"
COMPLETED_BY_A_PROGRAM = "manifest that a program reads and completes"
OF_A_TEST = "manifest that a test of a program reads"
EMBEDDED = "manifest in the sources of a program"

_OF_VERSIONS = ("api-removed", "kind-unknown")
"""Rules about what no script changes: whoever sends it in the end, the server does not know it."""
_OF_VALUES = (
    "yaml-syntax",
    "field-missing",
    "object-name-missing",
    "secret-incomplete",
    "volume-path-invalid",
    "service-external-name-invalid",
    "storage-class-parameters-invalid",
)


_OF_WHOLES = ("field-missing", "object-name-missing")
"""Rules about what is not there, and may be added."""


def without_unapplied(
    found: Mapping[int, Sequence[Finding]], given: Gathered, checked: Checked
) -> dict[int, list[Finding]]:
    """The findings at each minor but for refusals of what is not applied as it stands; those at the minor of the settings are counted.

    The evidence is sought once for all minors.
    """
    counted = {minor: checked if minor == given.settings.minor else Checked() for minor in found}
    left = {
        minor: _but_of_shared_nodes(_but_of_patched(findings, given, counted[minor]), given, counted[minor])
        for minor, findings in found.items()
    }
    evidence = _evidence([finding for findings in left.values() for finding in findings], given)
    if evidence is None:
        return left
    return {minor: _but_of_unapplied(findings, evidence, counted[minor]) for minor, findings in left.items()}


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the repository says of files with findings: their paths below its root, and what is known of those."""

    below: Mapping[str, str]
    told: Mapping[str, commands.Told]
    embedded: frozenset[str]
    lines: Mapping[str, Sequence[str]]


def _evidence(findings: Sequence[Finding], given: Gathered) -> _Evidence | None:
    """What the repository around says of the files of findings; None where no file was found in one."""
    found = {file.path: file.real for file in given.discovery.files if file.real and not file.explicit}
    full = {f.file: found[f.file] for f in findings if _is_candidate(f) and f.file in found}
    if not full:
        return None
    repository = discover.repository_of(os.path.commonpath([os.path.dirname(path) for path in full.values()]))
    if repository is None:
        return None
    root = os.path.realpath(repository)
    below = {name: os.path.relpath(path, root).replace(os.sep, "/") for name, path in full.items()}
    refused = {below[f.file] for f in findings if f.file in below and _may_be_changed(f)}
    embedded = embedding.embedded(root, below.values())
    told = commands.told_of(root, refused | embedded)
    lines = {text.name: text.text.splitlines() for text in given.texts if text.name in below}
    return _Evidence(below, told, embedded, lines)


def _but_of_unapplied(findings: Sequence[Finding], evidence: _Evidence, checked: Checked) -> list[Finding]:
    kept = []
    for finding in findings:
        reason, below = None, evidence.below.get(finding.file)
        if below is not None and _is_candidate(finding):
            told = evidence.told.get(below, _NOTHING)
            reason = _reason(finding, told, below in evidence.embedded, evidence.lines)
        if reason is None:
            kept.append(finding)
        else:
            checked.skip(reason)
    return kept


def _but_of_patched(findings: Sequence[Finding], given: Gathered, checked: Checked) -> list[Finding]:
    """The findings but for what is missing in objects that no controller applies, of kinds that controllers patch where they do."""
    division = given.division
    if division is None or not division.patched:
        return list(findings)
    named = {file.path for file in given.discovery.files if file.explicit}
    kept = []
    for finding in findings:
        loose = finding.unit in division.loose if finding.unit else finding.file not in named
        if finding.rule == "field-missing" and finding.object.kind in division.patched and loose:
            checked.skip(COMPLETED)
        else:
            kept.append(finding)
    return kept


def _but_of_shared_nodes(findings: Sequence[Finding], given: Gathered, checked: Checked) -> list[Finding]:
    """The findings but for what a taint of control-plane nodes does, where the settings of the repository's cluster take it away."""
    if all(finding.rule != _OF_TAINT for finding in findings) or not any(
        _UNTAINTED.search(t.text) for t in given.texts
    ):
        return list(findings)
    checked.skip(SHARED_NODES, sum(finding.rule == _OF_TAINT for finding in findings))
    return [finding for finding in findings if finding.rule != _OF_TAINT]


_OF_TAINT = "pod-control-plane-not-tolerated"
SHARED_NODES = "pod for control-plane nodes, which this cluster does not taint"
_UNTAINTED = re.compile(r"(?m)^[ \t]*allowSchedulingOn(?:ControlPlanes|Masters):[ \t]*true\b")  # of Talos


def _is_candidate(finding: Finding) -> bool:
    return finding.category in (Category.REJECTED, Category.BROKEN, Category.RISKY)


def _may_be_changed(finding: Finding) -> bool:
    """Whether it matters for a finding what commands do with its file before it is applied."""
    return finding.category is Category.REJECTED and not finding.unit


_NOTHING = commands.Told()


def _reason(finding: Finding, told: commands.Told, embedded: bool, lines: Mapping[str, Sequence[str]]) -> str | None:
    """Why what a finding says is not so of what is applied in the end; None: it is."""
    if told.tests and not told.sends:
        return OF_A_TEST
    if finding.rule in _OF_VERSIONS:
        return None
    if embedded and not told.sends:
        return EMBEDDED
    if finding.unit or finding.category is not Category.REJECTED:
        return None  # what is built is applied as it is built
    rule, at = finding.rule, finding.range.start.line - 1
    own = lines.get(finding.file, ())
    of_value = rule in _OF_VALUES or rule.startswith("value-") or rule.endswith("-malformed")
    if of_value and at < len(own) and told.fills(own[at]):
        return FILLED_IN
    if rule in _OF_WHOLES and told.reads and not told.sends:
        return COMPLETED_BY_A_PROGRAM
    group = finding.object.api_version.partition("/")[0]
    if told.tools and not told.sends and "." in group and not group.endswith(".k8s.io"):
        return OF_A_TOOL
    return None
