"""Several minors of Kubernetes at once: which are meant, and what they say together, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubetrial.lint.finding import Finding
from kubetrial.lint.values.records import replace


def identity(finding: Finding) -> tuple[object, ...]:
    """What a finding is about, whatever words a minor has for it."""
    return (*about(finding), finding.rule, finding.path, finding.range)


def about(finding: Finding) -> tuple[object, ...]:
    """The object that a finding is about, where it stands."""
    one = finding.object
    return finding.file, finding.document, one.kind, one.namespace, one.name


def together(by_minor: Mapping[int, Sequence[Finding]]) -> list[Finding]:
    """What the minors find, each thing once and, where it does not hold in all of them, with those in which it does.

    The newest minor that finds it has the word. A fix is left out where the other minors do not ask for it, and an ignore is unused
    where no minor has a use for it.
    """
    held: dict[tuple[object, ...], list[int]] = {}
    said: dict[tuple[object, ...], Finding] = {}
    for minor in sorted(by_minor, reverse=True):
        for finding in by_minor[minor]:
            # The same may be said twice of one place, such as of two values that clash with a third.
            key = (
                (*identity(finding), finding.message) if minor in held.get(identity(finding), ()) else identity(finding)
            )
            held.setdefault(key, []).append(minor)
            said.setdefault(key, finding)
    result = []
    for key, finding in said.items():
        minors = tuple(sorted(set(held[key])))
        if len(minors) == len(by_minor):
            result.append(finding)
        elif not finding.rule.startswith("ignore-"):
            *others, last = (f"1.{minor}" for minor in minors)
            where = f"{', '.join(others)} and {last}" if others else last
            named = finding.message.endswith(f"in Kubernetes {where}")
            message = finding.message if named else f"{finding.message} (in Kubernetes {where})"
            result.append(replace(finding, message=message, minors=minors, fix=None))
    return result
