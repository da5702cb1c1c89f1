"""What a check gathers: findings in order of discovery, and what was not checked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from kubetrial.lint.files import left
from kubetrial.lint.finding import CheckedDocument, Finding
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import Entry
from kubetrial.lint.values.records import dataclass, field


@dataclass(slots=True)
class Reading:
    """What reading the texts left beside objects: files with documents that nobody can look into, what kubeadm and the like read,
    and templates and placeholders, said once for a chart or a file.
    """

    kustomizations: Any = None
    unread: set[str] = field(default_factory=set)
    configurations: list[Object] = field(default_factory=list)
    left: left.Left = field(default_factory=left.Left)


@dataclass(slots=True)
class Walking:
    """What the walk over the objects left, by their ids: those without values of a wrong type (`cleaned`), these values (`broken`),
    parts of other objects (patches that nobody lists), and the documents of which a finding was held back.
    """

    cleaned: dict[int, Object] = field(default_factory=dict)
    broken: dict[tuple[int, Any], list[tuple[str | int, ...]]] = field(default_factory=dict)
    parts: set[int] = field(default_factory=set)
    unjudged: set[tuple[str, int]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of the findings of one set at another minor: those of all rules but `again`.

    Where rules see `others`, it is those of rules about one object (`alone`) on the rest, and those of rules that look
    around an object (`around`) on what is not `near` one of the others.
    """

    again: Mapping[str, Entry]
    others: frozenset[Hashable] = frozenset()
    near: frozenset[Hashable] = frozenset()
    alone: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()

    def holds(self, finding: Finding) -> bool:
        """Whether a finding of the first minor is one of the other minor too, without a look."""
        if finding.rule in self.again:
            return False
        if not self.others:
            return True
        about = (*finding.about, finding.object)
        return (finding.rule in self.alone and about not in self.others) or (
            finding.rule in self.around and about not in self.near
        )


@dataclass(slots=True)
class Checked:
    """What a check of texts gives, before ignores and summary: findings in order of discovery, and what was not checked."""

    findings: list[Finding] = field(default_factory=list)
    documents: list[CheckedDocument] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    internal_error: bool = False
    annotated: list[Object] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    walk: Walking = field(default_factory=Walking)
    asked: set[str] = field(default_factory=set)  # rules that wanted to know the minor
    kept: dict[str, Kept] = field(
        default_factory=dict
    )  # of a further minor: set -> what stays of the first one's findings
    others: dict[int, list[Finding]] = field(
        default_factory=dict
    )  # the findings at the other minors that were asked for

    def skip(self, reason: str, count: int = 1) -> None:
        """Count something that was not checked."""
        self.skipped[reason] = self.skipped.get(reason, 0) + count


def told_of(part: Checked) -> Checked:
    """What a share of the work has to say: what it found and left alone, without what it worked on."""
    return Checked(
        findings=part.findings,
        skipped=part.skipped,
        internal_error=part.internal_error,
        reading=Reading(left=part.reading.left),
        asked=part.asked,
    )


def add_share(part: Checked, result: Checked) -> None:
    """Put what a share has to say behind what was said before it."""
    said = {finding.message for finding in result.findings if finding.rule == "internal-error"}
    result.findings += [f for f in part.findings if f.rule != "internal-error" or f.message not in said]
    for reason, count in part.skipped.items():
        result.skip(reason, count)
    result.internal_error |= part.internal_error
    result.reading.left.add(part.reading.left)
    result.asked |= part.asked
