"""A trial told in rows and sentences: what happened when and why, and how everything ended.

What happens at one moment to many pods is one row; what happens again and again is told a few times and counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.trial.shown.picture import KINDS, said_action
from kubetrial.lint.trial.shown.show import FieldPlace, Show, duration, given
from kubetrial.lint.trial.timeline import TimelineEvent
from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `place` is the field that made it happen; `level` is ok, bad, warn, act or empty."""

    time: float
    object: str
    event: str
    why: str = ""
    place: FieldPlace | None = None
    level: str = ""
    more: int = 0  # so many more rows like the last ones were left out


_FIRST, _LAST = 3, 1
_AT_ONCE = 0.5
_LEVELS = {
    "failed": "bad", "failure-target": "bad", "progress-deadline-exceeded": "bad", "lost": "bad", "FailedCreate": "bad",
    "ReplicaSetCreateError": "bad",
    "InvalidSchedule": "bad", "UnparseableSchedule": "bad", "UnknownTimeZone": "bad", "replica-failure": "bad",
    "unschedulable": "warn", "gated": "warn", "not-ready": "warn", "unavailable": "warn", "MissSchedule": "warn",
    "JobAlreadyActive": "warn", "TooManyMissedTimes": "warn", "MissingJob": "warn", "eviction-refused": "warn",
    "FailedDaemonPod": "warn", "RecreatingFailedPod": "warn", "suspended": "warn", "pending": "warn",
    "FailedAttachVolume": "warn", "memory-pressure": "warn", "waits": "warn",
    "succeeded": "ok", "complete": "ok", "rollout-complete": "ok", "available": "ok", "success-criteria-met": "ok",
}  # fmt: skip
_WHY = {
    ("job", "failure-target"): "no new pods; it fails when the last pod has ended",
    ("job", "success-criteria-met"): "no new pods; it is complete when the last pod has ended",
    ("deployment", "available"): "enough pods are ready for as long as minReadySeconds asks",
    ("deployment", "unavailable"): "fewer pods are available than maxUnavailable allows",
    ("deployment", "progress-deadline-exceeded"): "nothing has moved forward for progressDeadlineSeconds",
    ("pvc", "pending/WaitForFirstConsumer"): "its StorageClass waits for a pod that uses it",
    ("pvc", "pending/WaitForPodScheduled"): "its StorageClass waits for its pod to be given to a node",
}
_SAID = {
    "failure-target": "is failing", "success-criteria-met": "is succeeding", "rollout-complete": "rollout complete",
    "progress-deadline-exceeded": "progress deadline exceeded", "replica-failure": "replica failure",
    "not-ready": "not ready", "eviction-refused": "eviction refused", "terminating": "is asked to stop",
    "ended": "stopped", "memory-pressure": "MemoryPressure", "memory-pressure-over": "no MemoryPressure any more",
}  # fmt: skip
_JOINED = (("created", "scheduled"), ("running", "ready"), ("ended", "deleted"), ("terminating", "deleted"),
           ("failure-target", "failed"), ("success-criteria-met", "complete"), ("rollout-complete", "available"))  # fmt: skip


def rows(show: Show) -> list[Row]:
    """The table of what happened."""
    retries = _retries(show.timeline.events)
    lost = {e.time for e in show.timeline.events if e.kind == "node" and e.event == "not-ready"}
    grouped = list(_grouped(_telling(show.timeline.events)))
    counts: dict[Any, int] = {}
    for events in grouped:
        key = _alike(events)
        counts[key] = counts.get(key, 0) + 1
    seen: dict[Any, int] = {}
    made: list[Row] = []
    for events in grouped:
        key = _alike(events)
        number = seen[key] = seen.get(key, 0) + 1
        total = counts[key]
        if total > _FIRST + _LAST + 1 and _FIRST < number <= total - _LAST:
            continue
        left_out = total - _FIRST - _LAST if total > _FIRST + _LAST + 1 and number == total else 0
        made.append(_row(show, events, left_out, retries, lost))
    return made


def _telling(events: Sequence[TimelineEvent]) -> Iterator[TimelineEvent]:
    """All events but those that say nothing: a claim that waits for its pod and is bound as soon as that is there."""
    bound: dict[str, list[float]] = {}
    for e in events:
        if e.kind == "pvc" and e.event == "bound":
            bound.setdefault(e.subject, []).append(e.time)
    for e in events:
        waits = e.event == "pending" and e.reason.startswith("WaitFor")
        if not (waits and any(e.time <= time <= e.time + _AT_ONCE for time in bound.get(e.subject, ()))):
            yield e


def _retries(events: Sequence[TimelineEvent]) -> dict[tuple[str, float], str]:
    """(pod, moment of creation) -> why: pods of a Job that follow one that has failed, and how long after it."""
    last: dict[str, tuple[str, float, int]] = {}
    found: dict[tuple[str, float], str] = {}
    for e in events:
        if e.kind != "pod" or "/" not in e.subject or "/rev-" in e.subject:
            continue
        owner = e.subject.rpartition("/")[0]
        if e.event in ("succeeded", "failed"):
            failures = last.get(owner, ("", 0.0, 0))[2] + (e.event == "failed")
            last[owner] = (e.event, e.time, failures)
        elif e.event == "created" and owner in last and last[owner][0] == "failed":
            _, time, failures = last[owner]
            found[e.subject, e.time] = f"{duration(e.time - time)} after failure {failures}"
    return found


def _grouped(events: Iterable[TimelineEvent]) -> Iterator[list[TimelineEvent]]:
    """Events of one moment that are the same for several objects, then what follows at once for the same objects."""
    batch: dict[Any, list[TimelineEvent]] = {}
    time: float | None = None
    for event in events:
        if time is not None and abs(event.time - time) > 1e-9:
            yield from _joined(batch)
            batch = {}
        time = event.time
        family = _family(event.subject) if event.kind in ("pod", "pvc") else event.subject
        batch.setdefault((event.kind, event.event, event.reason, event.message, family), []).append(event)
    yield from _joined(batch)


def _joined(batch: Mapping[Any, list[TimelineEvent]]) -> Iterator[list[TimelineEvent]]:
    done: set[int] = set()
    groups = list(batch.values())
    for number, events in enumerate(groups):
        if number in done:
            continue
        subjects = {e.subject for e in events}
        for other in range(number + 1, len(groups)):
            follower = groups[other]
            if (
                other not in done
                and (events[-1].event, follower[0].event) in _JOINED
                and {e.subject for e in follower} == subjects
            ):
                done.add(other)
                events = [*events, *follower]
        yield events


def _family(subject: str) -> str:
    """Siblings: the subject without its numbers."""
    return re.sub(r"\d+", "#", subject)


def _alike(events: Sequence[TimelineEvent]) -> tuple[Any, ...]:
    words = tuple(dict.fromkeys(e.event for e in events))
    return (events[0].kind, words, events[0].reason, _family(events[0].subject))


def _row(
    show: Show,
    events: Sequence[TimelineEvent],
    left_out: int,
    retries: Mapping[tuple[str, float], str],
    lost: Collection[float],
) -> Row:
    first = events[0]
    names = list(dict.fromkeys(e.subject for e in events))
    words = list(dict.fromkeys(e.event for e in events))
    if first.kind == "action":
        return Row(first.time, first.subject, said_action(first, show), "the scenario", None, "act")
    last = next(e for e in events if e.event == words[-1])
    why = _why(last) or _why(first) or (retries.get((first.subject, first.time), "") if words[0] == "created" else "")
    if first.kind == "pod" and words[-1] == "not-ready":
        why = "its node is lost" if first.time in lost else "a container has stopped"
    cause = next((e.cause for e in reversed(events) if e.cause is not None), None)
    level = next((_LEVELS[w] for w in reversed(words) if w in _LEVELS), "")
    if words[-1] == "pending" and last.reason.startswith("WaitFor"):
        level = ""
    said = ", ".join(_SAID.get(word, word) for word in _shortened(words))
    return Row(first.time, f"{first.kind} {_names(names)}", said, why, show.place(cause), level, left_out)


def _shortened(words: Sequence[str]) -> list[str]:
    for interim, final in (("failure-target", "failed"), ("success-criteria-met", "complete")):
        if interim in words and final in words:
            return [w for w in words if w != interim]
    return list(words)


def _why(event: TimelineEvent) -> str:
    if event.message and event.reason and event.reason not in event.message:
        return f"{event.reason}: {event.message}"
    known = _WHY.get((event.kind, event.event)) or _WHY.get((event.kind, f"{event.event}/{event.reason}"), "")
    if event.message:
        return event.message
    if event.reason:
        return f"{event.reason}: {known}" if known else event.reason
    if event.event == "eviction-refused":
        return f"the PodDisruptionBudget {event.detail.get('budget')} allows no disruption now"
    return known


def _names(names: Sequence[str]) -> str:
    """`web-0`, `web-0, web-1`, or `web-0 … web-59 (60)`."""
    if len(names) <= 2:
        return ", ".join(names)
    first, last = names[0], names[-1]
    while "/" in last and first.partition("/")[0] == last.partition("/")[0]:
        first, last = first.partition("/")[2], last.partition("/")[2]
    first = names[0]
    return f"{first} … {last} ({len(names)})"


# --- the end ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class End:
    """How one object ended, in words; `level` is ok, bad, warn or empty."""

    object: str
    said: str
    level: str = ""


def ends(show: Show) -> list[End]:
    """The final state of each workload and claim; what is no longer there too."""
    timeline = show.timeline
    made: list[End] = []
    wanted = [(kind, subject) for kind, subject, _ in given(show)]
    finals = {(e.kind, e.subject): e for e in timeline.finals}
    for e in timeline.finals:
        inner = "/rev-" in e.subject or "/run-" in e.subject
        if e.kind in ("cronjob", "deployment", "replicaset", "statefulset", "daemonset", "job") and not inner:
            wanted.append((e.kind, e.subject))
    for kind, subject in dict.fromkeys(wanted):
        final = finals.get((kind, subject))
        title = f"{KINDS.get(kind, kind)} {subject}"
        if final is None:
            if timeline.count(kind, "created", subject):
                gone = timeline.find(kind, "deleted", subject)
                when = f" at {duration(gone[-1].time)}" if gone else ""
                last = timeline.find(kind, "complete", subject) or timeline.find(kind, "failed", subject)
                over = {"complete": "was complete", "failed": "had failed"}[last[-1].event] if last else ""
                made.append(End(title, f"deleted{when}" + (f", after it {over}" if over else ""), ""))
            else:
                made.append(End(title, "was never created", "bad"))
            continue
        said, level = _END[kind](show, final) if kind in _END else ("", "")
        made.append(End(title, said, level))
    made += _drains(show)
    made += _claims_left(show, {subject for kind, subject in wanted if kind == "pvc"})
    return made


def _drains(show: Show) -> Iterator[End]:
    """The drains that did not end before the node was taken back, or at all."""
    events = [e for e in show.timeline.events if e.kind in ("node", "action")]
    for number, e in enumerate(events):
        if e.kind != "action" or e.event != "drain":
            continue
        node = e.subject.rpartition("/")[2]
        following = (f for f in events[number + 1 :] if f.kind == "node" and f.subject == node)
        ended = next((f for f in following if f.event in ("drained", "uncordoned", "removed")), None)
        if ended is None or ended.event != "drained":
            until = (
                f"did not end before the node was {ended.event} at {duration(ended.time)}" if ended else "never ended"
            )
            yield End(f"Node {node}", f"the drain from {duration(e.time)} on {until}: evictions were refused", "bad")


def _claims_left(show: Show, told: set[str]) -> Iterator[End]:
    """Claims that controllers made: in one sentence those in use, one by one those that nobody uses."""
    pods = {e.subject for e in show.timeline.finals if e.kind == "pod"}
    used: dict[str, list[str]] = {}
    for e in show.timeline.final("pvc"):
        if e.subject in told:
            continue
        phase = str(e.detail.get("phase", ""))
        _, _, ordinal = e.subject.rpartition("-")
        in_use = any(pod.endswith(f"-{ordinal}") and e.subject.endswith(f"-{pod.rpartition('/')[2]}") for pod in pods)
        ephemeral = any(e.subject.startswith(pod.rpartition("/")[2]) for pod in pods)
        state = f"{phase}, in use" if in_use or ephemeral else f"{phase}, stays behind without a pod"
        used.setdefault(state, []).append(e.subject)
    for state, names in used.items():
        level = "" if state.startswith("Bound, in use") else "warn"
        several = len(names) > 1
        said = state.replace("stays behind", "stay behind") if several else state
        yield End(f"{'Claims' if several else 'Claim'} {_names(names)}", said, level)


def _job(show: Show, e: TimelineEvent) -> tuple[str, str]:
    d = e.detail
    condition = str(d.get("condition", "none"))
    numbers = ", ".join(f"{d[k]} {k}" for k in ("active", "succeeded", "failed") if d.get(k))
    indexes = "".join(
        f", {word} indexes {d[k]}"
        for k, word in (("completedIndexes", "completed"), ("failedIndexes", "failed"))
        if d.get(k)
    )
    reason = f" ({d['reason']})" if d.get("reason") and condition == "Failed" else ""
    state = {"none": "still active", "Complete": "Complete", "Failed": "Failed"}.get(condition, condition)
    level = {"Complete": "ok", "Failed": "bad", "none": "warn"}.get(condition, "")
    return f"{state}{reason}{': ' if numbers or indexes else ''}{numbers or 'no pods'}{indexes}", level


def _cronjob(show: Show, e: TimelineEvent) -> tuple[str, str]:
    runs = show.timeline.count("job", "created", f"{e.subject}/run-*")
    done = show.timeline.count("job", "complete", f"{e.subject}/run-*")
    failed = show.timeline.count("job", "failed", f"{e.subject}/run-*")
    kept = len(show.timeline.final("job", f"{e.subject}/run-*"))
    said = f"{runs} run{'s' * (runs != 1)}"
    if runs:
        said += f": {done} complete, {failed} failed, {e.detail.get('active', 0)} active; {kept} kept"
    if e.detail.get("suspend"):
        return f"suspended; {said}", "warn"
    return said, "bad" if failed else "ok" if done else ""


def _deployment(show: Show, e: TimelineEvent) -> tuple[str, str]:
    d = e.detail
    wanted = d.get("specReplicas", 0)
    said = f"{d.get('ready', 0)} of {wanted} ready, {d.get('updated', 0)} up to date, {d.get('available', 0)} available"
    if d.get("progressing") in ("False", "ProgressDeadlineExceeded"):
        said += "; the rollout is stuck (ProgressDeadlineExceeded)"
    if d.get("replicaFailure"):
        said += "; pods cannot be created"
    return said, "ok" if d.get("available", 0) >= wanted and d.get("updated", 0) >= wanted else "bad"


def _replicaset(show: Show, e: TimelineEvent) -> tuple[str, str]:
    d = e.detail
    wanted = d.get("specReplicas", 0)
    return f"{d.get('ready', 0)} of {wanted} ready", "ok" if d.get("ready", 0) >= wanted else "bad"


def _statefulset(show: Show, e: TimelineEvent) -> tuple[str, str]:
    d = e.detail
    wanted = d.get("specReplicas", 0)
    said = f"{d.get('ready', 0)} of {wanted} ready, {d.get('updated', 0)} up to date, {d.get('available', 0)} available"
    return said, "ok" if d.get("available", 0) >= wanted else "bad"


def _daemonset(show: Show, e: TimelineEvent) -> tuple[str, str]:
    d = e.detail
    wanted = d.get("desired", 0)
    said = f"{d.get('ready', 0)} of {wanted} nodes ready, {d.get('updated', 0)} up to date"
    if d.get("misscheduled"):
        said += f", {d['misscheduled']} where none should be"
    return said, "ok" if d.get("ready", 0) >= wanted > 0 else "warn" if not wanted else "bad"


def _pod(show: Show, e: TimelineEvent) -> tuple[str, str]:
    d = e.detail
    phase = str(d.get("phase", ""))
    said = phase + (", ready" if d.get("ready") else "") + (f" ({d['reason']})" if d.get("reason") else "")
    if d.get("unschedulable"):
        said += ", unschedulable"
    if d.get("waitsFor"):
        said += f", waits for {d['waitsFor']}"
    good = phase == "Succeeded" or (phase == "Running" and d.get("ready"))
    return f"{said}, QoS {d.get('qosClass')}", "ok" if good else "bad" if phase == "Failed" else "warn"


def _claim(show: Show, e: TimelineEvent) -> tuple[str, str]:
    phase = str(e.detail.get("phase", ""))
    return phase, "ok" if phase == "Bound" else "warn"


_END = {
    "job": _job, "cronjob": _cronjob, "deployment": _deployment, "replicaset": _replicaset, "daemonset": _daemonset,
    "statefulset": _statefulset, "pod": _pod, "pvc": _claim,
}  # fmt: skip


def differences(before: Show, after: Show) -> list[str]:
    """What two trials end with differently, and how many pods they made."""
    was, now = ({end.object: end.said for end in ends(show)} for show in (before, after))
    made = []
    for name in dict.fromkeys((*was, *now)):
        if name not in was:
            made.append(f"{name}: only after: {now[name]}")
        elif name not in now:
            made.append(f"{name}: only before: {was[name]}")
        elif was[name] != now[name]:
            made.append(f"{name}: before {was[name]}; after {now[name]}")
    for what, kind, event in (("pods created", "pod", "created"), ("pods failed", "pod", "failed")):
        counts = [show.timeline.count(kind, event) for show in (before, after)]
        if counts[0] != counts[1]:
            made.append(f"{what}: before {counts[0]}, after {counts[1]}")
    lasts = [max((e.time for e in show.timeline.events), default=0.0) for show in (before, after)]
    if abs(lasts[0] - lasts[1]) >= 0.1:
        made.append(f"last event: before {duration(lasts[0])}, after {duration(lasts[1])}")
    return made
