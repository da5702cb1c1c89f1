"""Findings about files that nobody applies as they stand, by what else is in the repository: they are counted and not told.

A file is judged by the evidence of the repository around it only where it was found in a folder: one that is named is always judged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.files import commands, discover, embedding
from kubetrial.lint.finding import Category, Finding

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


def unapplied(findings: Sequence[Finding], given: Gathered) -> dict[int, str]:
    """The findings about what is not applied as it stands, by their ids: why that is so. The repository is looked through once."""
    found = dict(_of_patched(findings, given)) | dict(_of_shared_nodes(findings, given))
    files = {file.path: file.real for file in given.discovery.files if file.real and not file.explicit}
    left = [f for f in findings if id(f) not in found and f.file in files and _is_candidate(f)]
    if not left:
        return found
    full = {f.file: files[f.file] for f in left}
    repository = discover.repository_of(os.path.commonpath([os.path.dirname(path) for path in full.values()]))
    if repository is None:
        return found
    root = os.path.realpath(repository)
    below = {name: os.path.relpath(path, root).replace(os.sep, "/") for name, path in full.items()}
    embedded = embedding.embedded(root, below.values())
    told = commands.told_of(root, embedded.union(below[f.file] for f in left if _may_be_changed(f)))
    lines: dict[str, list[str]] = {text.name: text.text.splitlines() for text in given.texts if text.name in below}
    for finding in left:
        file = below[finding.file]
        reason = _reason(finding, told.get(file, _NOTHING), file in embedded, lines)
        if reason is not None:
            found[id(finding)] = reason
    return found


def _of_patched(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is missing in objects that no controller applies, of kinds that controllers patch where they do."""
    division = given.division
    if division is None or not division.patched:
        return
    named = {file.path for file in given.discovery.files if file.explicit}
    for finding in findings:
        loose = finding.unit in division.loose if finding.unit else finding.file not in named
        if finding.rule == "field-missing" and finding.object.kind in division.patched and loose:
            yield id(finding), COMPLETED


def _of_shared_nodes(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What a taint of control-plane nodes does, where the settings of the repository's cluster take it away."""
    about = [id(finding) for finding in findings if finding.rule == _OF_TAINT]
    if about and any(_UNTAINTED.search(text.text) for text in given.texts):
        yield from ((one, SHARED_NODES) for one in about)


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
