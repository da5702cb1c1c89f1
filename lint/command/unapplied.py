"""Findings about files that nobody applies as they stand, by what else is in the repository: they are counted and not told.

A file is judged by the evidence of the repository around it only where it was found in a folder: one that is named is always judged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.files import commands, discover
from kubetrial.lint.finding import Category, Finding

if TYPE_CHECKING:
    from kubetrial.lint.command.gather import Gathered
    from kubetrial.lint.engine import Checked

FILLED_IN = "value that a script writes first"
OF_A_TOOL = "object that another tool than kubectl reads"
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


def without_unapplied(findings: Sequence[Finding], given: Gathered, checked: Checked) -> list[Finding]:
    """The findings but for refusals of what is not applied as it stands; those are counted."""
    found = {file.path: file.real for file in given.discovery.files if file.real and not file.explicit}
    full = {f.file: found[f.file] for f in findings if _is_candidate(f) and f.file in found}
    if not full:
        return list(findings)
    repository = discover.repository_of(os.path.commonpath([os.path.dirname(path) for path in full.values()]))
    if repository is None:
        return list(findings)
    root = os.path.realpath(repository)
    below = {name: os.path.relpath(path, root).replace(os.sep, "/") for name, path in full.items()}
    told = commands.told_of(root, frozenset(below.values()))
    embedded = {name: _is_embedded(root, path) for name, path in below.items()}
    lines: dict[str, list[str]] = {text.name: text.text.splitlines() for text in given.texts if text.name in below}
    kept = []
    for finding in findings:
        reason = None
        if finding.file in below and _is_candidate(finding):
            reason = _reason(finding, told[below[finding.file]], embedded[finding.file], lines)
        if reason is None:
            kept.append(finding)
        else:
            checked.skip(reason)
    return kept


def _is_candidate(finding: Finding) -> bool:
    return finding.category is Category.REJECTED and not finding.unit and finding.rule not in _OF_VERSIONS


def _reason(finding: Finding, told: commands.Told, embedded: bool, lines: Mapping[str, Sequence[str]]) -> str | None:
    """Why what a finding says is not so of what is applied in the end; None: it is."""
    if embedded:
        return EMBEDDED
    rule, at = finding.rule, finding.range.start.line - 1
    own = lines.get(finding.file, ())
    of_value = rule in _OF_VALUES or rule.startswith("value-") or rule.endswith("-malformed")
    if of_value and at < len(own) and told.fills(own[at]):
        return FILLED_IN
    group = finding.object.api_version.partition("/")[0]
    if told.tools and not told.sends and "." in group and not group.endswith(".k8s.io"):
        return OF_A_TOOL
    return None


def _is_embedded(root: str, path: str) -> bool:
    """Whether a file lies among the sources of a Go package that other programs use: it is compiled in, or generated and changed later."""
    inside, _, _ = path.rpartition("/")
    if not inside:
        return False
    folder = os.path.join(root, *inside.split("/"))
    try:
        sources = sorted(name for name in os.listdir(folder) if name.endswith(".go"))
    except OSError:
        return False
    return bool(sources) and not any(_is_program(os.path.join(folder, name)) for name in sources[:_MOST_SOURCES])


_MOST_SOURCES = 20


def _is_program(path: str) -> bool:
    """Whether a source file of Go belongs to a program, beside which its manifests stand."""
    from kubetrial.lint.files.read import MOST_SETTINGS, read

    try:
        return b"\npackage main" in b"\n" + read(path, MOST_SETTINGS)
    except OSError:
        return False
