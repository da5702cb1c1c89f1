"""The Job controller, and the one that removes finished Jobs. Follows pkg/controller/job and
pkg/controller/ttlafterfinished.

What it keeps of upstream's ways, because they show: a change of a pod is looked at one second later
(SyncJobBatchPeriod); the start of a Job and the end of a pod are known in whole seconds; finished pods are counted
when the tracking finalizer comes off; an interim condition (FailureTarget, SuccessCriteriaMet) comes before the last
one, which waits for the last pod to stop.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.objects import Change, StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.records import dataclass, field

NAME = "job"
TTL = "ttl"

BATCH_SECONDS = 1.0
FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 600.0
FIRST_API_BACKOFF, LONGEST_API_BACKOFF = 1.0, 60.0
MOST_PODS_A_SYNC = 500
TRACKING = "batch.kubernetes.io/job-tracking"

_TICK = 1e-6
_LAG = 1e-4
"""Stands for the time that writing and noticing take; it decides which of two things of one moment comes first."""

COMPLETIONS_REACHED = "CompletionsReached"
MESSAGES = {
    "BackoffLimitExceeded": "Job has reached the specified backoff limit",
    "DeadlineExceeded": "Job was active longer than specified deadline",
    "MaxFailedIndexesExceeded": "Job has exceeded the specified maximal number of failed indexes",
    "FailedIndexes": "Job has failed indexes",
    COMPLETIONS_REACHED: "Reached expected number of succeeded pods",
}
CAUSES: dict[str, tuple[str, ...]] = {
    "BackoffLimitExceeded": ("backoffLimit",),
    "DeadlineExceeded": ("activeDeadlineSeconds",),
    "MaxFailedIndexesExceeded": ("maxFailedIndexes",),
    "FailedIndexes": ("backoffLimitPerIndex",),
    "PodFailurePolicy": ("podFailurePolicy",),
    "SuccessPolicy": ("successPolicy",),
}


@dataclass(slots=True)
class Backoff:
    """Failures in a row, over all pods of the Job, and when the last one ended."""

    failures: int = 0
    last: float | None = None

    def remaining(self, now: float) -> float:
        """Seconds until the next pod may be created."""
        return wait_after(self.failures, self.last, now)


@dataclass(slots=True)
class JobStatus:
    """What a Job's status holds, and what the controller remembers. `pods`: those that are not yet done with."""

    active: int = 0
    ready: int = 0
    terminating: int = 0
    succeeded: int = 0
    failed: int = 0
    start: float | None = None
    completion: float | None = None
    completed: set[int] = field(default_factory=set)
    failed_indexes: set[int] = field(default_factory=set)
    conditions: dict[str, str] = field(default_factory=dict)
    backoff: Backoff = field(default_factory=Backoff)
    pods: dict[int, StoredPod] = field(default_factory=dict)

    @property
    def finished(self) -> str:
        """Complete, Failed or ""."""
        return "Complete" if "Complete" in self.conditions else "Failed" if "Failed" in self.conditions else ""


def finished(job: StoredObject) -> str:
    """Whether a Job is over: Complete, Failed or ""."""
    return job.state.finished if job.state is not None else ""


def whole_second(world: World, second: float) -> float:
    """A moment as the API keeps it: cut to a whole second of the clock."""
    start = world.scenario.start + world.scenario.fraction
    return math.floor(start + second + _TICK) - start


def wait_after(failures: int, last: float | None, now: float) -> float:
    """The rest of the back-off after so many failures in a row: 10 s, doubled with each, at most 10 minutes."""
    if failures <= 0 or last is None:
        return 0.0
    wait = min(FIRST_BACKOFF * 2.0 ** min(failures - 1, 30), LONGEST_BACKOFF)
    return max(wait - (now - last), 0.0)


def finish_time(world: World, pod: StoredPod) -> float:
    """When a pod ended: its last container, else when it stopped being ready, else when its deletion was asked for."""
    if pod.finished is not None:
        return whole_second(world, pod.finished)
    if pod.node is not None:
        return whole_second(world, pod.ready_changed)
    return whole_second(world, pod.deleting if pod.deleting is not None else pod.created)


class _Sync:
    """One round: the Job's pods sorted by what they mean, and what was decided."""

    __slots__ = (
        "active",
        "active_count",
        "backoff",
        "completions",
        "condition",
        "delayed",
        "failed",
        "failed_indexes",
        "indexed",
        "job",
        "now",
        "per_index",
        "pods",
        "ready",
        "spec",
        "status",
        "succeeded",
        "succeeded_indexes",
        "terminating",
        "was_deleting",
        "world",
    )

    def __init__(self, world: World, job: StoredObject, now: float) -> None:
        self.world, self.job, self.now = world, job, now
        self.spec: Mapping[str, Any] = job.spec
        self.status: JobStatus = job.state
        self.indexed = self.spec["completionMode"] == "Indexed"
        self.per_index = self.indexed and self.spec.get("backoffLimitPerIndex") is not None
        self.completions: int | None = self.spec.get("completions")
        for pod in [p for p in self.status.pods.values() if _settled(world, p)]:
            del self.status.pods[pod.uid]
        self.pods = list(self.status.pods.values())
        self.was_deleting = {p.uid for p in self.pods if p.deleting is not None}
        self.active = [p for p in self.pods if p.active]
        self.active_count = len(self.active)
        self.ready = sum(p.ready for p in self.active)
        self.terminating = sum(p.terminating for p in self.pods)
        self.condition: tuple[str, str] | None = None  # (FailureTarget | SuccessCriteriaMet, reason)
        self.delayed: dict[int, StoredPod] = {}
        self.failed_indexes: set[int] = set(self.status.failed_indexes)
        self.succeeded_indexes: set[int] = set()
        self.succeeded = self.failed = 0
        self.backoff = self.status.backoff

    def is_failed(self, pod: StoredPod) -> bool:
        """Failed, or (unless only failed pods are replaced) being deleted without having succeeded."""
        if pod.phase == "Failed":
            return True
        if self.spec["podReplacementPolicy"] == "Failed":
            return False
        return pod.uid in self.was_deleting and pod.phase != "Succeeded"

    def valid(self, pod: StoredPod) -> bool:
        """Not counted before, and of an index that the Job has."""
        if TRACKING not in pod.finalizers:
            return False
        return not self.indexed or (pod.index is not None and pod.index < (self.completions or 0))


def _settled(world: World, pod: StoredPod) -> bool:
    return world.get(pod.uid) is None or (TRACKING not in pod.finalizers and pod.terminal)


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a Job."""
    job: StoredObject | None = world.get(key)
    if job is None or job.spec.get("managedBy") not in (None, "kubernetes.io/job-controller"):
        return None
    if job.state is None:
        job.state = JobStatus()
    status: JobStatus = job.state
    if status.finished:
        _release_all(world, status)
        return None
    _adopt(world, job)
    s = _Sync(world, job, now)
    _count(s)
    _decide_failure(s)
    if s.indexed:
        _decide_indexes(s)
    wake, suspension = _act(s)
    again = _track(s) or suspension
    again = _keep(s) or again
    if again:
        world.wake(NAME, key, now + BATCH_SECONDS + _LAG)
    if again or status.finished:
        _tell_owner(world, job)
    if status.finished:
        _release_all(world, status)
        if s.spec.get("ttlSecondsAfterFinished") is not None:
            world.wake(TTL, key, now)
        return None
    deadline = s.spec.get("activeDeadlineSeconds")
    if deadline is not None and status.start is not None and not s.spec["suspend"] and s.condition is None:
        wake = min(wake, status.start + float(deadline))
    return None if wake == math.inf else wake


def _count(s: _Sync) -> None:
    """Count what has ended since the last round, and set the start of a Job that runs for the first time."""
    status = s.status
    new_succeeded = [p for p in s.pods if p.phase == "Succeeded" and s.valid(p)]
    new_failed = [p for p in s.pods if s.is_failed(p) and s.valid(p)]
    s.succeeded = status.succeeded + len(new_succeeded)
    s.failed = status.failed + sum(counts(s.spec, p) for p in new_failed)
    if status.start is None and not s.spec["suspend"]:
        status.start = whole_second(s.world, s.now)
    s.backoff = _backoff(s.world, status.backoff, new_succeeded, new_failed)


def _act(s: _Sync) -> tuple[float, bool]:
    """Make or remove pods: when to look again (infinity: not by itself), and whether the Job was suspended or resumed."""
    if s.condition is not None:
        for pod in s.active:
            s.world.delete(pod)
        s.active_count -= len(s.active)
        s.terminating += len(s.active)
        return math.inf, False
    alive = s.job.deleting is None
    wake = _manage(s) if alive else math.inf
    done = s.succeeded > 0 if s.completions is None else s.succeeded >= s.completions
    if done and s.active_count == 0:
        s.condition = ("SuccessCriteriaMet", COMPLETIONS_REACHED)
        return wake, False
    return wake, alive and _suspension(s)


def _keep(s: _Sync) -> bool:
    """Write the numbers of this round into the status; whether one has changed."""
    status = s.status
    ready = s.ready - sum(p.ready for p in s.active if p.deleting is not None)
    changed = (s.active_count, s.terminating, ready) != (status.active, status.terminating, status.ready)
    status.active, status.terminating, status.ready = s.active_count, s.terminating, ready
    status.backoff = s.backoff
    return changed


def _tell_owner(world: World, job: StoredObject) -> None:
    """The Job's status has changed: its CronJob looks at once (the Job controller itself batches)."""
    if job.owner is not None and job.owner.kind == "CronJob":
        world.wake("cronjob", job.owner.uid)


def _release_all(world: World, status: JobStatus) -> None:
    for pod in list(status.pods.values()):
        world.release(pod, TRACKING)
    status.pods.clear()


def _adopt(world: World, job: StoredObject) -> None:
    from kubetrial.lint.facts import selectors

    selector = job.spec.get("selector")
    if not selector or not job.spec.get("manualSelector"):
        return
    for pod in world.orphans(job.namespace):
        if pod.active and selectors.matches(selector, pod.labels):
            pod.finalizers.add(TRACKING)
            world.adopt(job, pod)
            job.state.pods[pod.uid] = pod


# ---------------------------------------------------------------------- failure


def _decide_failure(s: _Sync) -> None:
    status, spec = s.status, s.spec
    if "SuccessCriteriaMet" in status.conditions:
        s.condition = ("SuccessCriteriaMet", status.conditions["SuccessCriteriaMet"])
    elif "FailureTarget" in status.conditions:
        s.condition = ("FailureTarget", status.conditions["FailureTarget"])
    elif any(s.is_failed(p) and policy_action(spec, p) == "FailJob" for p in s.pods):
        s.condition = ("FailureTarget", "PodFailurePolicy")
    elif s.failed > spec["backoffLimit"] or _restarts_exceed(s):
        s.condition = ("FailureTarget", "BackoffLimitExceeded")
    elif (
        (deadline := spec.get("activeDeadlineSeconds")) is not None
        and status.start is not None
        and not spec["suspend"]
        and s.now - status.start >= float(deadline) - _TICK
    ):
        s.condition = ("FailureTarget", "DeadlineExceeded")


def _restarts_exceed(s: _Sync) -> bool:
    """OnFailure: the restarts of all containers of all unfinished pods against backoffLimit."""
    if s.spec["template"]["spec"]["restartPolicy"] != "OnFailure":
        return False
    restarts: int = sum(p.restarts for p in s.pods if not p.terminal)
    limit: int = s.spec["backoffLimit"]
    return restarts > 0 if limit == 0 else restarts >= limit


def policy_action(spec: Mapping[str, Any], pod: StoredPod) -> str:
    """What podFailurePolicy says to a failed pod: Ignore, FailJob, FailIndex, Count, or "" when no rule matches."""
    policy = spec.get("podFailurePolicy")
    if not policy:
        return ""
    for rule in policy.get("rules") or ():
        codes = rule.get("onExitCodes")
        if codes:
            for name, code in pod.container_codes.items():
                if code == 0 or codes.get("containerName") not in (None, name):
                    continue
                if (code in (codes.get("values") or ())) == (codes.get("operator") == "In"):
                    return str(rule.get("action"))
        else:
            for pattern in rule.get("onPodConditions") or ():
                if pattern.get("type") in pod.conditions and str(pattern.get("status", "True")) == "True":
                    return str(rule.get("action"))
    return ""


def counts(spec: Mapping[str, Any], pod: StoredPod) -> bool:
    """Whether a failed pod counts against the back-off limits."""
    return policy_action(spec, pod) != "Ignore"


def _backoff(world: World, old: Backoff, succeeded: list[StoredPod], failed: list[StoredPod]) -> Backoff:
    """A success clears the failures before it; failures add up."""
    if not succeeded and not failed:
        return old
    ends = sorted(finish_time(world, p) for p in failed)
    if succeeded:
        last_success = max(finish_time(world, p) for p in succeeded)
        ends = [t for t in ends if t > last_success]
        return Backoff(len(ends), ends[-1] if ends else None)
    return Backoff(old.failures + len(ends), ends[-1])


# ---------------------------------------------------------------------- indexes


def _decide_indexes(s: _Sync) -> None:
    status, spec, completions = s.status, s.spec, s.completions or 0
    before = {i for i in status.completed if i < completions}
    new = {p.index for p in s.pods if p.phase == "Succeeded" and s.valid(p) and p.index is not None}
    status.completed = before
    s.succeeded_indexes = before | new
    s.succeeded = len(s.succeeded_indexes)
    if s.per_index:
        limit: int = spec["backoffLimitPerIndex"]
        s.failed_indexes = {i for i in status.failed_indexes if i < completions}
        for pod in s.pods:
            if s.valid(pod) and s.is_failed(pod) and pod.index is not None:
                action = policy_action(spec, pod)
                if action == "FailIndex" or (action != "Ignore" and _failure_counts(pod)[0] >= limit):
                    s.failed_indexes.add(pod.index)
        if s.condition is None:
            most = spec.get("maxFailedIndexes")
            if most is not None and len(s.failed_indexes) > most:
                s.condition = ("FailureTarget", "MaxFailedIndexesExceeded")
            elif s.failed_indexes and len(s.failed_indexes) + len(s.succeeded_indexes) >= completions:
                s.condition = ("FailureTarget", "FailedIndexes")
        active = {p.index for p in s.active}
        for pod in s.pods:
            i = pod.index
            if i is None or not s.valid(pod) or not s.is_failed(pod):
                continue
            if i in s.succeeded_indexes or i in s.failed_indexes or i in active:
                continue
            other = s.delayed.get(i)
            if other is None or (
                sum(_failure_counts(other)) <= sum(_failure_counts(pod))
                and finish_time(s.world, pod) >= finish_time(s.world, other)
            ):
                s.delayed[i] = pod
    if s.condition is None and spec.get("successPolicy") and s.succeeded_indexes and _success_policy(s):
        s.condition = ("SuccessCriteriaMet", "SuccessPolicy")


def _failure_counts(pod: StoredPod) -> tuple[int, int]:
    """(counted, ignored) failures of the index before this pod: its annotations."""
    return pod.state if isinstance(pod.state, tuple) else (0, 0)


def _success_policy(s: _Sync) -> bool:
    for rule in s.spec["successPolicy"].get("rules") or ():
        least = rule.get("succeededCount")
        if rule.get("succeededIndexes") is not None:
            wanted = parse_indexes(str(rule["succeededIndexes"]), s.completions or 0)
            if not wanted:
                continue
            have = len(wanted & s.succeeded_indexes)
            if have == len(wanted) or (least is not None and have >= least):
                return True
        elif least is not None and len(s.succeeded_indexes) >= least:
            return True
    return False


def parse_indexes(text: str, completions: int) -> set[int]:
    """ "0,2-4" as a set of the indexes below `completions`."""
    out: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        begin, end = whole(first), whole(last if dash and last else first)
        if begin is not None and end is not None:
            out.update(range(begin, min(end, completions - 1) + 1))
    return out


def show_indexes(indexes: Iterable[int]) -> str:
    """The compressed form of the API: "0,2-4"."""
    runs: list[list[int]] = []
    for i in sorted(indexes):
        if runs and runs[-1][1] == i - 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    return ",".join(str(a) if a == b else f"{a},{b}" if b == a + 1 else f"{a}-{b}" for a, b in runs)


# ---------------------------------------------------------------------- pods


def _manage(s: _Sync) -> float:
    """Create or remove pods; the answer is when to look again (infinity: not by itself)."""
    world, spec, active = s.world, s.spec, s.active_count
    if spec["suspend"]:
        _remove(s, list(s.active))
        return math.inf
    parallelism: int = spec["parallelism"]
    want = active if s.succeeded > 0 else parallelism
    if s.completions is not None:
        want = max(min(s.completions - s.succeeded, parallelism), 0)
    surplus = _for_removal(s, max(active - want, 0))[:MOST_PODS_A_SYNC]
    if surplus:
        _remove(s, surplus)
        return math.inf
    only_failed = spec["podReplacementPolicy"] == "Failed"
    missing = want - active - (s.terminating if only_failed else 0)
    if missing <= 0:
        return math.inf
    if not s.per_index:
        wait: float = s.backoff.remaining(s.now)
        if wait > 0:
            return s.now + max(wait, BATCH_SECONDS)
    missing = min(missing, MOST_PODS_A_SYNC)
    indexes: list[int | None] = [None] * missing
    if s.indexed:
        pending = _pending_indexes(s, missing, only_failed)
        if s.per_index:
            waits = {i: _index_wait(s, i) for i in pending}
            pending = [i for i in pending if waits[i] <= 0]
            if not pending and waits:
                return s.now + max(min(waits.values()), BATCH_SECONDS)
        indexes = list(pending)
    for index in indexes:
        try:
            _create(s, index)
        except AdmissionRefused as refused:
            world.failed_create(s.job, refused)
            return world.retry(NAME, s.job.uid, s.now, FIRST_API_BACKOFF, LONGEST_API_BACKOFF)
        s.active_count += 1
    world.forget(NAME, s.job.uid)
    return math.inf


def _create(s: _Sync, index: int | None) -> None:
    job = s.job
    labels = {
        "batch.kubernetes.io/controller-uid": str(job.uid),
        "controller-uid": str(job.uid),
        "batch.kubernetes.io/job-name": job.name,
        "job-name": job.name,
    }
    if index is not None:
        labels["batch.kubernetes.io/job-completion-index"] = str(index)
    pod = s.world.create_pod(job, index=index, labels=labels, finalizers=(TRACKING,))
    s.status.pods[pod.uid] = pod
    if s.per_index and index is not None and index in s.delayed:
        replaced = s.delayed[index]
        counted, ignored = _failure_counts(replaced)
        pod.state = (counted + 1, ignored) if counts(s.spec, replaced) else (counted, ignored + 1)


def _index_wait(s: _Sync, index: int) -> float:
    last = s.delayed.get(index)
    return 0.0 if last is None else wait_after(sum(_failure_counts(last)) + 1, finish_time(s.world, last), s.now)


def _pending_indexes(s: _Sync, count: int, only_failed: bool) -> list[int]:
    taken = {p.index for p in s.active} | s.succeeded_indexes
    if s.per_index:
        taken |= s.failed_indexes
    if only_failed:
        taken |= {p.index for p in s.pods if p.terminating}
    out: list[int] = []
    for i in range(s.completions or 0):
        if len(out) == count:
            break
        if i not in taken:
            out.append(i)
    return out


def _for_removal(s: _Sync, at_least: int) -> list[StoredPod]:
    """Pods of indexes that do not exist or are there twice, then the least advanced ones."""
    remove: list[StoredPod] = []
    left = s.active
    if s.indexed:
        left = []
        by_index: dict[int | None, list[StoredPod]] = {}
        for p in s.active:
            by_index.setdefault(p.index, []).append(p)
        for index, pods in by_index.items():
            if index is None or index >= (s.completions or 0):
                remove.extend(pods)
            else:
                pods.sort(key=removal_rank)
                remove.extend(pods[:-1])
                left.append(pods[-1])
    if len(remove) < at_least:
        remove += sorted(left, key=removal_rank)[: at_least - len(remove)]
    return remove


def removal_rank(pod: StoredPod) -> tuple[Any, ...]:
    """Sorts the pods that are given up first to the front (controller.ActivePods)."""
    return (
        pod.node is not None,
        {"Pending": 0, "Running": 2}.get(pod.phase, 1),
        pod.ready,
        -pod.ready_changed if pod.ready else 0.0,
        -pod.restarts,
        -pod.created,
    )


def _remove(s: _Sync, pods: list[StoredPod]) -> None:
    for pod in pods:
        pod.finalizers.discard(TRACKING)
        s.world.delete(pod)
    s.active_count -= len(pods)
    s.terminating += len(pods)


def _suspension(s: _Sync) -> bool:
    """Tell of a Job that was suspended or resumed; whether that is new."""
    status = s.status
    if s.spec["suspend"]:
        if status.conditions.get("Suspended") != "JobSuspended":
            status.conditions["Suspended"] = "JobSuspended"
            status.start = None
            s.world.event(s.job, "suspended", cause=s.job.cause("suspend"))
            return True
    elif status.conditions.get("Suspended") == "JobSuspended":
        status.conditions["Suspended"] = "JobResumed"
        status.start = whole_second(s.world, s.now)
        s.world.event(s.job, "resumed", cause=s.job.cause("suspend"))
        return True
    return False


# ---------------------------------------------------------------------- counting


def _track(s: _Sync) -> bool:
    """Count finished pods, take their finalizers off, set conditions. Whether the status has changed."""
    changed, full = _release_finished(s)
    if s.indexed:
        changed = _count_indexes(s) or changed
    if s.condition is not None:
        changed = _conclude(s, *s.condition, last=s.terminating == 0 and not full) or changed
    return changed


def _release_finished(s: _Sync) -> tuple[bool, bool]:
    """Take the finalizers off the pods that are over, and count these: (the status has changed, more are left over)."""
    status = s.status
    changed = False
    counted = 0
    failing = s.condition is not None and s.condition[0] == "FailureTarget"
    for pod in sorted(s.pods, key=lambda p: -1 if p.index is None else p.index) if s.indexed else s.pods:
        if TRACKING not in pod.finalizers or not _is_over(s, pod):
            continue
        if pod.phase == "Succeeded":
            if not s.indexed:
                status.succeeded += 1
                changed = True
            elif s.valid(pod):
                counted += pod.index not in status.completed
        elif (failing or s.is_failed(pod)) and s.valid(pod) and counts(s.spec, pod):
            status.failed += 1
            changed = True
        s.world.release(pod, TRACKING)
        counted += 1
        if counted >= MOST_PODS_A_SYNC:
            return changed, True
    return changed, False


def _is_over(s: _Sync, pod: StoredPod) -> bool:
    """Whether the Job is done with a pod."""
    if s.job.deleting is not None or s.condition is not None or pod.phase == "Succeeded":
        return True
    # One of an index is kept until its replacement has taken over the number of failures.
    is_kept = s.per_index and pod.index is not None and s.delayed.get(pod.index) is pod
    return s.is_failed(pod) and not is_kept


def _count_indexes(s: _Sync) -> bool:
    """Write the indexes that are done into the status; whether one is new."""
    status = s.status
    done = {p.index for p in s.pods if p.phase == "Succeeded" and TRACKING not in p.finalizers and p.index is not None}
    completed = status.completed | (done & s.succeeded_indexes)
    changed = len(completed) != status.succeeded or s.failed_indexes != status.failed_indexes
    status.completed, status.succeeded = completed, len(completed)
    status.failed_indexes = s.failed_indexes
    return changed


def _conclude(s: _Sync, kind: str, reason: str, *, last: bool) -> bool:
    """Set the interim condition, and with `last` the one that ends the Job; whether something was set."""
    status, failing = s.status, kind == "FailureTarget"
    cause, message = s.job.cause(*CAUSES.get(reason, ())), MESSAGES.get(reason, "")
    changed = last
    if kind not in status.conditions:
        status.conditions[kind] = reason
        interim = "failure-target" if failing else "success-criteria-met"
        s.world.event(s.job, interim, {"reason": reason}, cause=cause, message=message)
        changed = True
    if last:
        status.conditions["Failed" if failing else "Complete"] = reason
        if not failing:
            status.completion = s.now
        s.world.event(s.job, "failed" if failing else "complete", {"reason": reason}, cause=cause, message=message)
    return changed


def final(world: World, job: StoredObject) -> dict[str, Any]:
    """The Job's last line."""
    status: JobStatus = job.state if job.state is not None else JobStatus()
    out: dict[str, Any] = {
        "active": status.active,
        "succeeded": status.succeeded,
        "failed": status.failed,
        "jobTerminating": status.terminating,
    }
    if status.completed:
        out["completedIndexes"] = show_indexes(status.completed)
    if status.failed_indexes:
        out["failedIndexes"] = show_indexes(status.failed_indexes)
    suspended = status.conditions.get("Suspended") == "JobSuspended"
    out["condition"] = status.finished or ("Suspended" if suspended else "none")
    if status.finished:
        out["reason"] = status.conditions[status.finished]
    return out


# ---------------------------------------------------------------------- time to live


def sync_ttl(world: World, key: int, now: float) -> float | None:
    """Remove a finished Job when its time to live is over."""
    job: StoredObject | None = world.get(key)
    if job is None or job.deleting is not None or job.state is None or not job.state.finished:
        return None
    ttl = job.spec.get("ttlSecondsAfterFinished")
    if ttl is None:
        return None
    status: JobStatus = job.state
    if status.completion is None:
        status.completion = now
    due = whole_second(world, status.completion) + float(ttl)
    if now < due - _TICK:
        return due
    world.delete(job, propagation="Foreground")
    return None


def _pod_of_gone_job(world: World, obj: StoredObject, change: Change) -> None:
    """A pod whose Job is gone or over keeps no finalizer."""
    if isinstance(obj, StoredPod) and TRACKING in obj.finalizers and change != "added":
        owner = obj.owner
        if owner is None or world.get(owner.uid) is None or finished(owner):
            world.release(obj, TRACKING)


def _job_changed(world: World, obj: StoredObject, change: Change) -> None:
    if change == "deleted":
        for pod in world.children(obj, "Pod"):
            pod.finalizers.discard(TRACKING)
    elif obj.state is not None and obj.state.finished and obj.spec.get("ttlSecondsAfterFinished") is not None:
        world.wake(TTL, obj.uid)


def _delay(obj: StoredObject) -> float:
    """When the Job of a pod that has changed is looked at; a pod that has only just been made is noticed late."""
    return BATCH_SECONDS + (_LAG if isinstance(obj, StoredPod) and obj.run is None else 0.0)


CONTROLLERS = (
    Controller(NAME, sync, kind="Job", owns=("Pod",), child_delay=_delay, adopts=True, final=final),
    Controller(TTL, sync_ttl, watches=("Job",), on_change=_job_changed),
    Controller("job-orphans", lambda world, key, now: None, watches=("Pod",), on_change=_pod_of_gone_job),
)
