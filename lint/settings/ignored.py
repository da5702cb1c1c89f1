"""One ignore, whoever wrote it: what it silences, where, and why; and how the names of rules are matched."""

from __future__ import annotations

from kubetrial.lint.finding import Finding, ObjectRef, Range
from kubetrial.lint.values.records import dataclass

FOREIGN = "foreign"
"""The word of an ignore that was written for another linter: nothing is said about it."""
VALUE = "the value"
"""What a related place is called that holds the value which a chart's template printed."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """One ignore: what it silences, where, and why."""

    file: str
    document: int  # index of the document that it stands in; -1 for the whole file
    rules: tuple[str, ...]  # names and patterns with *
    reason: str
    place: Range
    first: int = 1  # the lines whose findings it silences
    last: int = 1 << 60
    object: ObjectRef | None = None  # of an annotation
    path: str = ""  # of an annotation on a pod template: where the template stands
    word: str = "ignore"
    is_built: bool = False  # of an annotation on a built object, whose findings stand in its sources
    remove: Range | None = None  # what to delete when it is not needed

    def covers(self, finding: Finding) -> bool:
        """Whether it stands where the finding is; the rule is not looked at."""
        if self.object is None:
            lines = [finding.range.start.line] if finding.file == self.file else []
            lines += [one.range.start.line for one in finding.related if one.message == VALUE and one.file == self.file]
            return any(self.first <= line <= self.last for line in lines)
        if finding.file != self.file and not self.is_built:
            return False
        if finding.document != self.document or finding.object != self.object:
            return False
        return not self.path or finding.path == self.path or finding.path.startswith(self.path + ".")


def matches(rule: str, pattern: str) -> bool:
    """Whether a rule's name fits a name or a pattern in which `*` stands for any part."""
    if "*" not in pattern:
        return rule == pattern
    import fnmatch

    return fnmatch.fnmatchcase(rule, pattern.replace("[", "[[]"))
