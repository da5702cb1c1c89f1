"""The picture of a trial, before anybody draws it: groups of lanes with bars and marks, and a scale of time.

A group is a workload that somebody gave; a lane is one pod after the other: of a StatefulSet one ordinal, of a
DaemonSet one node, of an Indexed Job one index, else pods that follow one another without overlapping. Many lanes that
look the same become one with a count; what is left over becomes a lane that counts ready pods. Long stretches in which
nothing happens are cut out of the scale (`Piece.cut`), and drawn as such.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import kinds
from kubetrial.lint.trial.shown.show import Show, duration, given
from kubetrial.lint.trial.timeline import TimelineEvent
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.records import dataclass, field, replace

PENDING, NOT_READY, READY, TERMINATING = "pending", "not-ready", "ready", "terminating"
SUCCEEDED, FAILED = "succeeded", "failed"
BOUND, ACTIVE = "bound", "active"
UP, CORDONED, LOST = "up", "cordoned", "lost"
STATES: Mapping[str, str] = {
    PENDING: "pending",
    NOT_READY: "running, not ready",
    READY: "running, ready",
    TERMINATING: "terminating",
    SUCCEEDED: "succeeded, object kept",
    FAILED: "failed, object kept",
    BOUND: "claim bound",
    ACTIVE: "Job active",
    UP: "node ready",
    CORDONED: "node cordoned",
    LOST: "node lost",
}
"""What a bar can be, in the order of legends, and how legends say it."""
MARKS: Mapping[str, str] = {
    "ok": "complete",
    "fail": "failed",
    "restart": "container restarted",
    "due": "schedule is due",
    "deadline": "deadline",
    "warn": "refused, skipped or stuck",
    "paused": "suspended",
    "gone": "deleted",
    "stays": "stays behind",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A state from `start` to `end`, and whose it is."""

    start: float
    end: float
    state: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a moment: a key of MARKS."""

    time: float
    sign: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A row. `count` equal ones are drawn as one.

    `ready` (moment, how many) makes it a lane that counts those in the state `counts`.
    """

    label: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...] = ()
    count: int = 1
    ready: tuple[tuple[float, int], ...] = ()
    counts: str = READY


@dataclass(frozen=True, slots=True)
class Group:
    """A workload with its lanes; `kind` as the timeline names it."""

    kind: str
    title: str
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is to be drawn of one trial, and the moments at which something happens."""

    end: float
    groups: tuple[Group, ...]
    actions: tuple[Mark, ...]
    moments: tuple[float, ...] = field(default=(), repr=False)

    def rows(self) -> Iterator[Group | Lane]:
        """Everything that is drawn on a line of its own."""
        return _rows(self.groups)

    def states(self) -> list[str]:
        """The states that are drawn, for a legend."""
        used = {b.state for row in self.rows() for b in row.bars}
        return [state for state in STATES if state in used]

    def signs(self) -> list[str]:
        """The marks that are drawn, for a legend."""
        used = {m.sign for row in self.rows() for m in row.marks}
        return [sign for sign in MARKS if sign in used]


KINDS: Mapping[str, str] = {**{word: kind for kind, word in kinds.WORDS.items()}, "pvc": "Claim", "node": "Node"}

_NUMBER = re.compile(r"\d+")


def picture(show: Show, most: int = 12) -> Picture:
    """The picture of a trial, with at most about `most` lanes for a workload."""
    timeline = show.timeline
    end = timeline.end
    tops = _Tops(show)
    made: dict[tuple[str, str], _Making] = {key: _Making(*key) for key in tops.order}
    for event in timeline.events:
        key = tops.of(event)
        if key is not None:
            made.setdefault(key, _Making(*key)).take(event)
    due = _due(show)
    groups = []
    for one in made.values():
        group = one.group(end, show, most, due.get(one.subject, ()) if one.kind == "cronjob" else ())
        if group is not None:
            groups.append(group)
    actions = tuple(Mark(e.time, "action", said_action(e, show)) for e in timeline.events if e.kind == "action")
    moments = sorted(
        {0.0, end}
        | {min(max(m, 0.0), end) for m in _moments(groups)}
        | {e.time for e in timeline.events if e.time <= end}
    )
    return Picture(end, tuple(groups), actions, tuple(moments))


def said_action(event: TimelineEvent, show: Show) -> str:
    """`scale Deployment/web to 2`."""
    verb, subject = event.event, event.subject
    value = next(
        (a.value for a in show.scenario.actions if (a.at, a.verb) == (event.time, verb) and a.target in (subject, "")),
        None,
    )
    if verb == "scale":
        said = f"scale {subject} to {value}"
    elif verb == "setImage" and isinstance(value, Mapping):
        said = f"set the image of {subject} to {str(value.get('image', '')).rpartition('/')[2]}"
    elif verb == "apply":
        said = f"apply {subject}"
    else:
        words = {"nodeDead": "lose", "podFail": "fail", "nodeLabel": "label", "nodeTaint": "taint"}
        words |= {"nodeAdded": "add", "nodeRemoved": "remove", "memoryPressure": "take memory from"}
        said = f"{words.get(verb, verb)} {subject}"
    return said + (" (refused)" if event.detail.get("refused") else "")


def _due(show: Show) -> Mapping[str, Sequence[float]]:
    if not any(kind == "cronjob" for kind, _, _ in given(show)):
        return {}
    from kubetrial.lint.trial.shown.clocks import ticks

    return ticks(show)


def _moments(groups: Iterable[Group]) -> Iterator[float]:
    for row in _rows(groups):
        for bar in row.bars:
            yield bar.start
            yield bar.end
        for mark in row.marks:
            yield mark.time


def _rows(groups: Iterable[Group]) -> Iterator[Group | Lane]:
    for group in groups:
        yield group
        yield from group.lanes


# --- what belongs to what ---------------------------------------------------------------------------------------------


class _Tops:
    """Finds the group of an event from its subject (see timeline.py for how subjects are built)."""

    def __init__(self, show: Show) -> None:
        self.order: list[tuple[str, str]] = []
        self.known: dict[str, set[str]] = {}
        claims: list[tuple[str, str]] = []
        for kind, subject, _ in given(show):
            self.known.setdefault(kind, set()).add(subject)
            (claims if kind == "pvc" else self.order).append((kind, subject))
        self.order += claims
        for e in show.timeline.events:
            if e.event == "created" and "/" not in e.subject and e.kind not in ("pod", "pvc", "node", "action"):
                self.known.setdefault(e.kind, set()).add(e.subject)

    def of(self, event: TimelineEvent) -> tuple[str, str] | None:
        """(kind, subject) of the workload that an event belongs to; None for what is not drawn."""
        kind, subject = event.kind, event.subject
        if kind == "action":
            return None
        if kind == "replicaset" and "/rev-" in subject:
            return ("deployment", subject.rpartition("/")[0])
        if kind == "job" and "/run-" in subject and subject not in self.known.get("job", ()):
            return ("cronjob", subject.rpartition("/")[0])
        if kind == "pvc":
            return self._claim(subject)
        return self._pod(subject) if kind == "pod" else (kind, subject)

    def _pod(self, subject: str) -> tuple[str, str]:
        if subject in self.known.get("pod", ()):
            return ("pod", subject)
        parts = subject.split("/")
        last, before = parts[-1], parts[-2] if len(parts) > 1 else ""
        if last.startswith(("try-", "pod-")):
            above = parts[:-2] if last.startswith("try-") else parts[:-1]
            if last.startswith("pod-") and before.startswith("rev-") and self._has("deployment", parts[:-2]):
                return ("deployment", "/".join(parts[:-2]))
            if above and above[-1].startswith("run-") and self._has("cronjob", above[:-1]):
                return ("cronjob", "/".join(above[:-1]))
            if self._has("daemonset", parts[:-2]) and last.startswith("pod-") and len(parts) > 2:
                return ("daemonset", "/".join(parts[:-2]))
            for kind in ("job", "replicaset"):
                if self._has(kind, above):
                    return (kind, "/".join(above))
        base, dash, ordinal = subject.rpartition("-")
        if dash and ordinal.isdigit() and base in self.known.get("statefulset", ()):
            return ("statefulset", base)
        return ("pod", subject)

    def _claim(self, subject: str) -> tuple[str, str]:
        """A claim of a StatefulSet's template is `<template>-<set>-<ordinal>`."""
        if subject not in self.known.get("pvc", ()):
            base, _, ordinal = subject.rpartition("-")
            if ordinal.isdigit():
                space, _, name = base.rpartition("/")
                for owner in sorted(self.known.get("statefulset", ()), key=len, reverse=True):
                    own_space, _, own = owner.rpartition("/")
                    if name.endswith(f"-{own}") and space == own_space:
                        return ("statefulset", owner)
        return ("pvc", subject)

    def _has(self, kind: str, parts: Sequence[str]) -> bool:
        return "/".join(parts) in self.known.get(kind, ())


# --- events -> lanes --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Life:
    """One object from its creation to its end, as bars and marks."""

    subject: str
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    busy: float = 0.0  # until when it is more than an object that is kept
    state: str = PENDING
    since: float = 0.0
    ready_once: bool = False
    over: bool = False

    def turn(self, time: float, state: str) -> None:
        """The state changes."""
        if time > self.since:
            self.bars.append(Bar(self.since, time, self.state))
        self.state, self.since = state, time

    def finish(self, time: float) -> None:
        """The object is gone, or the trial ends."""
        if not self.over:
            self.turn(time, self.state)
            if self.state not in (SUCCEEDED, FAILED):
                self.busy = time
            self.over = True


def _mark(event: TimelineEvent) -> Mark | None:
    """The sign for what happens to a pod beside its state."""
    time, what = event.time, event.event
    if what in ("succeeded", "failed"):
        why = f" ({event.reason})" if event.reason else ""
        return Mark(time, "ok" if what == "succeeded" else "fail", what + why)
    if what in ("unschedulable", "FailedAttachVolume", "waits"):
        return Mark(time, "warn", f"{what}: {event.message}")
    if what == "eviction-refused":
        return Mark(time, "warn", f"eviction refused by the budget {event.detail.get('budget', '')}")
    return None


def _turn(one: _Life, time: float, what: str) -> None:
    """Take a pod into the state that an event brings it to."""
    if what == "running":
        one.turn(time, NOT_READY)
    elif what == "ready":
        if one.ready_once and one.state == NOT_READY:
            one.marks.append(Mark(time, "restart", "restarted"))
        one.ready_once = True
        if one.state != TERMINATING:
            one.turn(time, READY)
    elif what == "not-ready":
        if one.state == READY:
            one.turn(time, NOT_READY)
    elif what in ("succeeded", "failed"):
        one.turn(time, SUCCEEDED if what == "succeeded" else FAILED)
        one.busy = time
    elif what == "terminating":
        if one.state not in (SUCCEEDED, FAILED):
            one.turn(time, TERMINATING)
    elif what == "deleted":
        one.finish(time)


class _Making:
    """Collects what happens to a workload and its pods."""

    def __init__(self, kind: str, subject: str) -> None:
        self.kind, self.subject = kind, subject
        self.lives: list[_Life] = []
        self.claims: list[_Life] = []
        self.open: dict[tuple[str, str], _Life] = {}
        self.own: list[TimelineEvent] = []
        self.jobs: dict[str, list[TimelineEvent]] = {}

    def take(self, event: TimelineEvent) -> None:
        """An event of the workload or of something that it made."""
        if event.kind == "pod":
            self._pod(event)
        elif event.kind == "pvc":
            self._claim(event)
        elif event.kind == self.kind and event.subject == self.subject:
            self.own.append(event)
        elif event.kind == "job":
            self.jobs.setdefault(event.subject, []).append(event)

    def _pod(self, event: TimelineEvent) -> None:
        key = ("pod", event.subject)
        if event.event == "created":
            life = self.open[key] = _Life(event.subject, since=event.time)
            self.lives.append(life)
            return
        one = self.open.get(key)
        if one is None or one.over:
            return
        mark = _mark(event)
        if mark is not None:
            one.marks.append(mark)
        _turn(one, event.time, event.event)

    def _claim(self, event: TimelineEvent) -> None:
        key = ("pvc", event.subject)
        if event.event == "created":
            life = self.open[key] = _Life(event.subject, since=event.time)
            self.claims.append(life)
            return
        one = self.open.get(key)
        if one is None or one.over:
            return
        if event.event == "bound":
            one.turn(event.time, BOUND)
        elif event.event == "terminating":
            one.turn(event.time, TERMINATING)
        elif event.event == "lost":
            one.marks.append(Mark(event.time, "fail", "lost its volume"))
        elif event.event == "pending" and event.reason in ("ProvisioningFailed", "FailedBinding"):
            one.marks.append(Mark(event.time, "warn", f"{event.reason}: {event.message}"))
        elif event.event == "deleted":
            one.finish(event.time)

    def group(self, end: float, show: Show, most: int, due: Sequence[float]) -> Group | None:
        """The group of what was collected; None when nothing was."""
        alone = self.kind in ("pod", "pvc")
        if not (self.lives or self.claims or self.own):
            return None
        for life in (*self.lives, *self.claims):
            life.finish(end)
        lanes = [*_collapsed(_named(self._lanes()), most), *_collapsed(list(self._claims(end, show)), most // 2, BOUND)]
        bars, marks = self._own(end, show, due)
        title = f"{KINDS.get(self.kind, self.kind)} {self.subject}"
        if alone and len(lanes) == 1:
            return Group(self.kind, title, (), lanes[0].bars, tuple(sorted((*marks, *lanes[0].marks), key=_time)))
        return Group(self.kind, title, tuple(lanes), tuple(bars), tuple(sorted(marks, key=_time)))

    def _lanes(self) -> list[tuple[str, list[_Life]]]:
        """Pods that share a lane: (what the lane is of, its pods in order)."""
        fixed = {"statefulset": _own_name, "daemonset": _node_of, "job": _index_of, "pod": _own_name}.get(self.kind)
        lanes: list[tuple[str, list[_Life]]] = []
        for life in self.lives:
            rest = (
                life.subject[len(self.subject) + 1 :] if life.subject.startswith(self.subject + "/") else life.subject
            )
            home = fixed(rest) if fixed is not None else ""
            if not home:
                home = rest.partition("/")[0] if self.kind == "deployment" else ""
            start = life.bars[0].start if life.bars else life.since
            for of, lane in lanes:
                if of == home and lane[-1].busy <= start + 1e-9:
                    lane.append(life)
                    break
            else:
                lanes.append((home, [life]))
        order = list(dict.fromkeys(home for home, _ in lanes))
        if self.kind in ("statefulset", "daemonset", "job"):
            order.sort(key=_natural)
        lanes.sort(key=lambda lane: order.index(lane[0]))
        short = len(self.subject) + 1
        own = self.subject + "/"
        for life in self.lives:
            life.subject = life.subject[short:] if life.subject.startswith(own) else self._without_space(life.subject)
        return lanes

    def _without_space(self, subject: str) -> str:
        """The subject of what stands in the workload's namespace, without that namespace."""
        return subject.removeprefix(self.subject[: self.subject.rfind("/") + 1])

    def _claims(self, end: float, show: Show) -> Iterator[Lane]:
        """The claims; one that outlives the last pod of its name stays behind."""
        deleted = next((e.time for e in self.own if e.event in ("deleted", "terminating")), None)
        for life in sorted(self.claims, key=lambda one: _natural(one.subject)):
            marks = list(life.marks)
            ordinal = life.subject.rpartition("-")[2]
            pods = [p for p in self.lives if p.subject.rpartition("-")[2] == ordinal]
            left = max((p.bars[-1].end for p in pods if p.bars), default=None)
            there = life.bars and life.bars[-1].end >= end
            if self.kind == "statefulset" and there and left is not None and left < end:
                why = "its StatefulSet is deleted" if deleted is not None else "its pod is gone"
                marks.append(Mark(left, "stays", f"the claim stays: {why}"))
            name = f"claim {self._without_space(life.subject)}"
            bars = tuple(replace(b, title=f"{name}: {STATES[b.state]}") for b in life.bars)
            yield Lane(name, bars, tuple(marks))

    def _own(self, end: float, show: Show, due: Sequence[float]) -> tuple[list[Bar], list[Mark]]:
        """The workload's own row: while it is active, what it said, its deadline or due times."""
        bars: list[Bar] = []
        marks = [Mark(t, "due", "due") for t in due]
        for events in [self.own] if self.kind == "job" else list(self.jobs.values()):
            own = _job_marks(events, end, self._deadline(show) if self.kind == "job" else None)
            marks += [m for m in own if self.kind == "job" or m.sign not in ("ok", "gone")]
        if self.kind == "job" and self.own:
            bars = _active(self.own, end)
        elif self.kind == "node":
            bars = _node(self.own, end)
        acted = [e.time for e in show.timeline.events if e.kind == "action"]
        complete: float | None = None  # a rollout is over once, whatever its pods do afterwards
        for e in self.own:
            sign = _SIGNS.get(e.event)
            if e.event == "rollout-complete":
                if complete is not None and not any(complete <= time <= e.time for time in acted):
                    continue
                complete = e.time
            if self.kind != "job" and sign is not None:
                why = e.message or e.reason
                marks.append(Mark(e.time, sign, f"{e.event}{': ' if why else ''}{why}"))
        return bars, marks

    def _deadline(self, show: Show) -> float | None:
        for kind, subject, obj in given(show):
            if (kind, subject) == (self.kind, self.subject):
                seconds = (obj.get("spec") or {}).get("activeDeadlineSeconds")
                return float(seconds) if isinstance(seconds, int) else None
        return None


_SIGNS = {
    "deleted": "gone", "FailedCreate": "warn", "ReplicaSetCreateError": "warn", "JobAlreadyActive": "warn", "MissSchedule": "warn",
    "TooManyMissedTimes": "warn", "InvalidSchedule": "fail", "UnparseableSchedule": "fail", "UnknownTimeZone": "fail",
    "MissingJob": "warn", "progress-deadline-exceeded": "deadline", "replica-failure": "warn",
    "rollout-complete": "ok", "suspended": "paused", "FailedDaemonPod": "warn", "RecreatingFailedPod": "warn",
}  # fmt: skip


def _job_marks(events: Sequence[TimelineEvent], end: float, deadline: float | None) -> Iterator[Mark]:
    start: float | None = None
    over: float | None = None
    for e in events:
        if e.event in ("created", "resumed"):
            start = e.time
        elif e.event == "suspended":
            start = None
            yield Mark(e.time, "paused", f"{e.subject} suspended")
        elif e.event in ("complete", "failed"):
            over = e.time
            why = e.message or e.reason
            yield Mark(
                e.time, "ok" if e.event == "complete" else "fail", f"{e.subject} {e.event}{': ' if why else ''}{why}"
            )
        elif e.event == "deleted":
            yield Mark(e.time, "gone", f"{e.subject} deleted")
        elif e.event in ("FailedCreate", "ReplicaSetCreateError"):
            yield Mark(e.time, "warn", f"{e.subject}: {e.message}")
    if deadline is not None and start is not None and start + deadline <= end:
        if over is not None and over < start + deadline:
            return  # a Job that has ended before has no deadline any more
        said = "" if over is not None else ", still active"
        yield Mark(start + deadline, "deadline", f"activeDeadlineSeconds {deadline:g}{said}")


def _active(events: Sequence[TimelineEvent], end: float) -> list[Bar]:
    bars: list[Bar] = []
    since: float | None = None
    for e in events:
        if e.event in ("created", "resumed"):
            since = e.time if since is None else since
        elif e.event in ("complete", "failed", "suspended", "deleted") and since is not None:
            bars.append(Bar(since, e.time, ACTIVE, "active"))
            since = None
    if since is not None:
        bars.append(Bar(since, end, ACTIVE, "active"))
    return bars


def _node(events: Sequence[TimelineEvent], end: float) -> list[Bar]:
    state, since = UP, 0.0
    bars: list[Bar] = []
    for e in events:
        new = {"not-ready": LOST, "ready": UP, "cordoned": CORDONED, "uncordoned": UP}.get(e.event)
        if e.event == "added":
            since = e.time
        elif new is not None or e.event == "removed":
            if e.time > since:
                bars.append(Bar(since, e.time, state, e.subject))
            if e.event == "removed":
                return bars
            state, since = str(new), e.time
    bars.append(Bar(since, end, state, events[0].subject if events else ""))
    return bars


def _own_name(rest: str) -> str:
    return rest


def _node_of(rest: str) -> str:
    return rest.partition("/")[0]


def _index_of(rest: str) -> str:
    return rest.partition("/")[0] if rest.startswith("index-") else ""


def _natural(text: str) -> list[tuple[int, str]]:
    """web-10 behind web-9."""
    parts = ((whole(part), part) for part in re.split(r"([0-9]+)", text))
    return [(0, part) if number is None else (number, "") for number, part in parts]


def _time(mark: Mark) -> float:
    return mark.time


def _named(lanes: Sequence[tuple[str, list[_Life]]]) -> list[Lane]:
    """Lanes with the names of the pods in them."""
    made = []
    for of, lives in lanes:
        names = list(dict.fromkeys(life.subject for life in lives))
        if len(names) == 1:
            label = names[0]
        elif of:
            label = of if not of.startswith("rev-") else f"{of}, {len(names)} pods"
        else:
            label = f"{names[0]} … {names[-1]}"
        bars: list[Bar] = []
        marks: list[Mark] = []
        for number, life in enumerate(lives):
            following = (
                lives[number + 1].bars[0].start if number + 1 < len(lives) and lives[number + 1].bars else math.inf
            )
            for bar in life.bars:
                stop = min(bar.end, following) if bar.state in (SUCCEEDED, FAILED) else bar.end
                if stop > bar.start:
                    title = f"{life.subject}: {STATES[bar.state]}, {duration(bar.start)} to {duration(bar.end)}"
                    bars.append(Bar(bar.start, stop, bar.state, title))
            marks += [replace(mark, title=f"{life.subject}: {mark.title}") for mark in life.marks]
        made.append(Lane(label, tuple(bars), tuple(marks)))
    return made


def _collapsed(lanes: list[Lane], most: int, counts: str = READY) -> list[Lane]:
    """At most about `most` lanes: equal neighbours become one, and what is still too much a lane that counts."""
    if len(lanes) <= most:
        return lanes
    kept: list[Lane] = []
    keys: list[Any] = []
    for lane in lanes:
        key = (
            tuple((round(b.start, 1), round(b.end, 1), b.state) for b in lane.bars),
            tuple((round(m.time, 1), m.sign) for m in lane.marks),
            _NUMBER.sub("#", lane.label).partition("/")[0],
        )
        if kept and keys[-1] == key:
            kept[-1] = replace(kept[-1], count=kept[-1].count + 1)
        else:
            kept.append(lane)
            keys.append(key)
    kept = [replace(lane, label=f"{lane.count} alike: {lane.label} …") if lane.count > 1 else lane for lane in kept]
    if len(kept) <= most:
        return kept
    first, last = max(most // 2 - 1, 2), max(most // 4, 1)
    middle = kept[first:-last]
    count = sum(lane.count for lane in middle)
    return [
        *kept[:first],
        Lane(f"{count} more, how many {counts}", (), (), count, _counted(middle, counts), counts),
        *kept[-last:],
    ]


def _counted(lanes: Sequence[Lane], state: str) -> tuple[tuple[float, int], ...]:
    """How many of some lanes are in a state, at the moments at which that changes."""
    steps: dict[float, int] = {}
    for lane in lanes:
        for bar in lane.bars:
            if bar.state == state:
                steps[bar.start] = steps.get(bar.start, 0) + lane.count
                steps[bar.end] = steps.get(bar.end, 0) - lane.count
    total, found = 0, [(0.0, 0)]
    for time in sorted(steps):
        total += steps[time]
        found.append((time, total))
    return tuple(found)


# --- the scale --------------------------------------------------------------------------------------------------------

_CUT_FROM = 0.6  # a pause that takes more than this share of the width is cut
_CUT_WIDTH = 0.1
_MOST_CUTS = 4


@dataclass(frozen=True, slots=True)
class AxisPiece:
    """A stretch of time and where it lies, from 0 to 1."""

    start: float
    end: float
    left: float
    right: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds to a place from 0 to 1, long pauses cut short."""

    pieces: tuple[AxisPiece, ...]

    def at(self, second: float) -> float:
        """Where a moment lies."""
        for piece in self.pieces:
            if second <= piece.end:
                if piece.end <= piece.start:
                    return piece.left
                share = (max(second, piece.start) - piece.start) / (piece.end - piece.start)
                return piece.left + share * (piece.right - piece.left)
        return 1.0

    def ticks(self, wanted: int) -> list[float]:
        """Round moments to write on the axis, about `wanted` over the whole width."""
        found: list[float] = []
        for piece in self.pieces:
            if piece.cut:
                continue
            room = max(wanted * (piece.right - piece.left), 1.0)
            step = _round_step((piece.end - piece.start) / room)
            number = math.ceil(piece.start / step - 1e-9)
            while number * step <= piece.end + 1e-9:
                found.append(round(number * step, 6))
                number += 1
        return sorted(set(found))


_STEPS = (
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800,
    604800, 1209600, 2592000,
)  # fmt: skip


def _round_step(least: float) -> float:
    for step in _STEPS:
        if step >= least - 1e-9:
            return step
    return _STEPS[-1] * math.ceil(least / _STEPS[-1])


def scale(pictures: Sequence[Picture]) -> Scale:
    """One scale for all of the pictures."""
    end = max(max(p.end for p in pictures), 0.1)
    moments = sorted({m for p in pictures for m in p.moments} | {0.0, end})
    gaps = [(a, b) for a, b in zip(moments, moments[1:], strict=False) if b > a]  # noqa: RUF007 (no import for it)
    cuts: dict[int, tuple[float, float]] = {}
    while len(cuts) < _MOST_CUTS:
        rest = [(b - a, i) for i, (a, b) in enumerate(gaps) if i not in cuts]
        shown = sum(size for size, _ in rest) + sum((b - a) - (hi - lo) for (a, b), (lo, hi) in _with(gaps, cuts))
        size, index = max(rest, default=(0.0, -1))
        if index < 0 or size <= _CUT_FROM * shown or size >= shown - 1e-9:
            break
        lead = max(0.2 * (shown - size), 1.0)
        a, b = gaps[index]
        low, high = a + lead, (b - lead if b < end else b)
        if high - low <= 0.3 * size:
            break
        cuts[index] = (low, high)
    return Scale(tuple(_laid(end, sorted(cuts.values()))))


def _with(
    gaps: Sequence[tuple[float, float]], cuts: Mapping[int, tuple[float, float]]
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    for index, cut in cuts.items():
        yield gaps[index], cut


def _laid(end: float, cuts: Sequence[tuple[float, float]]) -> Iterator[AxisPiece]:
    shown = end - sum(high - low for low, high in cuts)
    width = 1.0 - _CUT_WIDTH * len(cuts)
    at, left = 0.0, 0.0
    for low, high in cuts:
        right = left + (low - at) / shown * width
        yield AxisPiece(at, low, left, right)
        yield AxisPiece(low, high, right, right + _CUT_WIDTH, cut=True)
        at, left = high, right + _CUT_WIDTH
    if at < end or not cuts:
        yield AxisPiece(at, end, left, 1.0)
