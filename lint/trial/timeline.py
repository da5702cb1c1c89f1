"""What happened in a trial: events with their moment, the state at the end, and the line that made an event happen.

The written form (`Timeline.lines`) is one JSON object a line: t, kind, subject, event, detail. Subjects stand for
generated names: the pod of a Job is `<job>/pod-N` in order of creation, of an Indexed Job `<job>/index-I/try-N`, the
Job of a CronJob `<cronjob>/run-N`, the ReplicaSet of a Deployment `<deployment>/rev-N` and its pods
`<deployment>/rev-N/pod-N`, the pod of a DaemonSet `<daemonset>/<node>/pod-N`; pods of a StatefulSet, bare pods and
claims keep their names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from kubetrial.lint.values.records import dataclass, field

Path = tuple[str | int, ...]

KIND_ORDER = (
    "node", "cronjob", "deployment", "replicaset", "statefulset", "daemonset", "job", "pvc", "pod",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """The field of a given manifest that made an event happen.

    `object` is the index into the objects that the trial was given, `path` the way to the field from the object's
    root. The field need not be written in the manifest (a default can be the cause); then its nearest existing parent
    is meant.
    """

    object: int
    path: Path


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened (or, with event "final", the state of one object at the end)."""

    time: float
    kind: str
    subject: str
    event: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause | None = None
    message: str = ""

    @property
    def reason(self) -> str:
        """The reason of a condition, a pending claim or a refusal; empty when there is none."""
        return str(self.detail.get("reason", ""))


class Timeline:
    """The events of a trial in their order, the final states, and notes about the trial itself."""

    __slots__ = ("_by", "end", "events", "finals", "is_cut", "notes", "steps")

    def __init__(self) -> None:
        self.events: list[TimelineEvent] = []
        self.finals: list[TimelineEvent] = []
        self.notes: list[str] = []
        self.end = 0.0
        self.steps = 0
        self.is_cut = False  # it ends before its time, for it made more work than a trial follows
        self._by: dict[tuple[str, str], list[TimelineEvent]] = {}

    def add(self, event: TimelineEvent) -> None:
        """Append an event; moments never go back."""
        self.events.append(event)
        self._by.setdefault((event.kind, event.event), []).append(event)

    def find(self, kind: str, event: str, subject: str = "*", **detail: Any) -> list[TimelineEvent]:
        """All events of a kind of object, in order; `*` in the subject stands for any text."""
        found = self._by.get((kind, event), [])
        return [
            e for e in found if _matches(subject, e.subject) and all(e.detail.get(k) == v for k, v in detail.items())
        ]

    def first(self, kind: str, event: str, subject: str = "*", **detail: Any) -> TimelineEvent | None:
        """The first such event, or None."""
        return next(iter(self.find(kind, event, subject, **detail)), None)

    def count(self, kind: str, event: str, subject: str = "*", **detail: Any) -> int:
        """How often it happened."""
        return len(self.find(kind, event, subject, **detail))

    def final(self, kind: str, subject: str = "*", **where: Any) -> list[TimelineEvent]:
        """The final states of the objects that exist at the end and whose detail has all of `where`."""
        return [
            e
            for e in self.finals
            if e.kind == kind and _matches(subject, e.subject) and all(e.detail.get(k) == v for k, v in where.items())
        ]

    def of(self, subject: str) -> list[TimelineEvent]:
        """Everything that happened to one subject and to what it made (`<subject>/...`), in order: the evidence for a
        finding.
        """
        return [e for e in self.events if e.subject == subject or e.subject.startswith(subject + "/")]

    def peak(self, kind: str, subject: str = "*") -> int:
        """The largest number of pods (or jobs) that existed at one time and had not begun to end."""
        over = {"pod": ("succeeded", "failed", "ended", "terminating", "deleted")}.get(
            kind, ("complete", "failed", "terminating", "deleted")
        )
        live: set[str] = set()
        most = 0
        for e in self.events:
            if e.kind != kind or not _matches(subject, e.subject):
                continue
            if e.event == "created":
                live.add(e.subject)
                most = max(most, len(live))
            elif e.event in over:
                live.discard(e.subject)
        return most

    def lines(self) -> Iterator[str]:
        """The timeline as JSON lines, events first, then the final states."""
        for e in (*self.events, *self.finals):
            line: dict[str, Any] = {"t": _tenths(e.time), "kind": e.kind, "subject": e.subject, "event": e.event}
            if e.detail:
                line["detail"] = dict(e.detail)
            yield json.dumps(line, ensure_ascii=False)


def _matches(pattern: str, text: str) -> bool:
    return pattern == "*" or pattern == text or ("*" in pattern and fnmatchcase(text, pattern))


def _tenths(seconds: float) -> float | int:
    rounded = round(seconds, 1)
    return int(rounded) if rounded == int(rounded) else rounded
