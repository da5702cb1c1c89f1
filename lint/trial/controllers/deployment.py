"""The Deployment controller: new ReplicaSets in, old ones out, within maxSurge and maxUnavailable.

Follows pkg/controller/deployment. A round reads the ReplicaSets' status, scales at most one way (the new one up, or the
old ones down) and leaves the rest to the next round, which the change of a ReplicaSet starts. Nothing is ever rolled
back by itself: when no progress is seen for progressDeadlineSeconds, a condition says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from kubetrial.lint.facts import rollouts, selectors
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.controllers.job import whole_second
from kubetrial.lint.trial.controllers.pods import same_template
from kubetrial.lint.trial.controllers.replicaset import status as replicaset_status
from kubetrial.lint.trial.objects import Change, StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.records import dataclass, replace

NAME = "deployment"

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
DESIRED, MOST = "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas"

NO_LIMIT = 2**31 - 1
MOST_RETRIES = 15
NOTICE_SECONDS = 0.002
"""From a change of a ReplicaSet to the Deployment's next round: meanwhile ReplicaSets act on what they were told."""

TIMED_OUT, COMPLETE, UPDATED = "ProgressDeadlineExceeded", "NewReplicaSetAvailable", "ReplicaSetUpdated"
CREATED, FOUND, NOT_CREATED = "NewReplicaSetCreated", "FoundNewReplicaSet", "ReplicaSetCreateError"
PAUSED, RESUMED = "DeploymentPaused", "DeploymentResumed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The condition Progressing: why it is as it is, and the second (whole, as the API keeps it) of its last update."""

    reason: str
    updated: float


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """What the status holds. `minimum`: whether the condition Available is true, None before it is known."""

    replicas: int = 0
    updated: int = 0
    ready: int = 0
    available: int = 0
    observed: int = 0
    minimum: bool | None = None
    progress: Progress | None = None
    failure: str = ""
    message: str = ""


class DeploymentRound:
    """One round of a Deployment: the ReplicaSet of its template (if there is one yet), and the others, oldest first."""

    __slots__ = ("deployment", "new", "now", "old", "spec", "world")

    def __init__(self, world: World, deployment: StoredObject, now: float) -> None:
        self.world, self.deployment, self.now = world, deployment, now
        self.spec: Mapping[str, Any] = deployment.spec
        self.new: StoredObject | None = None
        self.old: list[StoredObject] = []

    @property
    def every(self) -> list[StoredObject]:
        """All its ReplicaSets, the new one last."""
        return [*self.old, self.new] if self.new is not None else list(self.old)

    @property
    def status(self) -> DeploymentStatus:
        """The status as it was last written."""
        found: DeploymentStatus = self.deployment.state
        return found


# ---------------------------------------------------------------------- arithmetic


def replicas(replicaset: StoredObject) -> int:
    """How many pods a ReplicaSet is to have."""
    return int(replicaset.spec["replicas"])


def bounds(spec: Mapping[str, Any]) -> tuple[int, int]:
    """(surge, unavailable) as numbers: surge rounded up, unavailable down, and not both zero (ResolveFenceposts)."""
    return rollouts.of_deployment(spec["strategy"], spec["replicas"])


def grown(spec: Mapping[str, Any], every: Iterable[StoredObject], size: int) -> int:
    """The size to which the new ReplicaSet may grow now (NewRSNewReplicas)."""
    wanted: int = spec["replicas"]
    if spec["strategy"]["type"] != "RollingUpdate":
        return wanted
    room = wanted + bounds(spec)[0] - sum(replicas(r) for r in every)
    return size if room <= 0 else size + min(room, wanted - size)


def proportion(
    spec: Mapping[str, Any], status: DeploymentStatus, replicaset: StoredObject, to_add: int, added: int
) -> int:
    """A ReplicaSet's part of `to_add` replicas when scaled in the middle of a rollout (GetReplicaSetProportion)."""
    size, wanted = replicas(replicaset), int(spec["replicas"])
    if size == 0 or to_add in (0, added):
        return 0
    if wanted == 0:
        part = -size
    else:
        before = int(replicaset.annotations.get(MOST) or 0) or status.replicas
        part = _rounded(size * (wanted + bounds(spec)[0]) / before) - size if before else 0
    return min(part, to_add - added) if to_add > 0 else max(part, to_add - added)


def _rounded(number: float) -> int:
    return int(number - 0.5) if number < 0 else int(number + 0.5)


# ---------------------------------------------------------------------- the round


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a Deployment (syncDeployment)."""
    deployment: StoredObject | None = world.get(key)
    if deployment is None:
        return None
    if deployment.state is None:
        deployment.state = DeploymentStatus()
    r = DeploymentRound(world, deployment, now)
    _find(r, claim(world, deployment))
    if deployment.deleting is not None:
        _store(r, _counted(r))
        return None
    _note_pause(r)
    _sync_revision(r)
    try:
        if r.spec["paused"]:
            _scale(r)
            _clean_up(r)
            _store(r, _counted(r))
            return None
        if _is_scaling(r):
            _scale(r)
            _store(r, _counted(r))
            return None
        if r.spec["strategy"]["type"] == "Recreate":
            _recreate(r)
        else:
            _roll(r)
    except AdmissionRefused as refused:
        return _refused(r, refused)
    world.forget(NAME, key)
    return _sync_rollout(r)


def claim(world: World, deployment: StoredObject) -> list[StoredObject]:
    """The ReplicaSets that it controls, oldest first; matching ones without an owner are adopted (ClaimReplicaSets)."""
    selector = deployment.spec.get("selector")
    mine: list[StoredObject] = []
    for one in world.children(deployment, "ReplicaSet"):
        if selectors.matches(selector, one.labels):
            mine.append(one)
        elif deployment.deleting is None:
            world.orphan(one)
    if deployment.deleting is None:
        for one in world.all("ReplicaSet", deployment.namespace):
            if one.owner is None and one.deleting is None and selectors.matches(selector, one.labels):
                world.adopt(deployment, one)
                mine.append(one)
    return sorted(mine, key=lambda one: (one.created, one.uid))


def _find(r: DeploymentRound, mine: Sequence[StoredObject]) -> None:
    """The oldest ReplicaSet with the Deployment's template is the new one (FindNewReplicaSet)."""
    template = r.spec["template"]
    r.new = next((one for one in mine if same_template(one.spec["template"], template, HASH)), None)
    r.old = [one for one in mine if one is not r.new]


def _refused(r: DeploymentRound, refused: AdmissionRefused) -> float | None:
    """Admission refused the new ReplicaSet: say so, try later and later, give up after a few minutes (handleErr)."""
    world, key = r.world, r.deployment.uid
    world.failed_create(r.deployment, refused)
    if _has_deadline(r.spec) and (r.status.progress is None or r.status.progress.reason != NOT_CREATED):
        _store(r, replace(r.status, progress=_progress(r, NOT_CREATED)))
    again = world.retry(NAME, key, r.now)
    if again - r.now > 0.005 * 2.0 ** (MOST_RETRIES - 1):
        world.forget(NAME, key)
        return None
    return again


def _note_pause(r: DeploymentRound) -> None:
    """Paused and resumed are reasons of Progressing: the time between does not count (checkPausedConditions)."""
    own = r.status.progress
    if not _has_deadline(r.spec) or (own is not None and own.reason == TIMED_OUT):
        return
    was = own is not None and own.reason == PAUSED
    if bool(r.spec["paused"]) != was:
        _store(r, replace(r.status, progress=_progress(r, RESUMED if was else PAUSED)))


def _sync_revision(r: DeploymentRound) -> None:
    """The new ReplicaSet has the highest revision and the Deployment's minReadySeconds (getNewReplicaSet)."""
    if r.new is None:
        return
    revision = 1 + max((_revision(one) for one in r.old), default=0)
    if _revision(r.new) < revision or r.new.spec["minReadySeconds"] != r.spec["minReadySeconds"]:
        annotations = {REVISION: str(max(revision, _revision(r.new)))}
        _write(r, r.new, {"minReadySeconds": r.spec["minReadySeconds"]}, annotations)
    elif _has_deadline(r.spec) and r.status.progress is None:
        _store(r, replace(r.status, progress=_progress(r, FOUND)))


def _revision(replicaset: StoredObject) -> int:
    return int(replicaset.annotations.get(REVISION) or 0)


def _create_new(r: DeploymentRound) -> StoredObject:
    """Create the ReplicaSet of the template (getNewReplicaSet). Raises Refused."""
    template = r.spec["template"]
    mark = _hash(r.world, r.deployment, template)
    metadata = template.get("metadata") or {}
    labels = {**(metadata.get("labels") or {}), HASH: mark}
    selector = r.spec.get("selector") or {}
    made = r.world.create(
        "ReplicaSet",
        r.deployment,
        f"{r.deployment.name}-{mark}",
        {
            "replicas": grown(r.spec, r.old, 0),
            "minReadySeconds": r.spec["minReadySeconds"],
            "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH: mark}},
            "template": {**template, "metadata": {**metadata, "labels": labels}},
        },
        labels=labels,
        annotations={
            REVISION: str(1 + max((_revision(one) for one in r.old), default=0)),
            **_replicas_annotations(r.spec),
        },
    )
    r.new = made
    if _has_deadline(r.spec):
        _store(r, replace(r.status, progress=_progress(r, CREATED)))
    return made


def _hash(world: World, deployment: StoredObject, template: Mapping[str, Any]) -> str:
    """A short name of a template, which no other ReplicaSet has."""
    number = crc32(repr(template).encode())
    while world.find("ReplicaSet", deployment.namespace, f"{deployment.name}-{number:x}") is not None:
        number += 1
    return f"{number:x}"


def _replicas_annotations(spec: Mapping[str, Any]) -> dict[str, str]:
    return {DESIRED: str(spec["replicas"]), MOST: str(spec["replicas"] + bounds(spec)[0])}


def _write(
    r: DeploymentRound, replicaset: StoredObject, spec: Mapping[str, Any], annotations: Mapping[str, str]
) -> None:
    """Change a ReplicaSet; its template is left as it is, the very same object."""
    new = {**replicaset.spec, **spec}
    if new != replicaset.spec:
        replicaset.spec = new
        replicaset.generation += 1
    replicaset.annotations = {**replicaset.annotations, **annotations}
    r.world.changed(replicaset)


def _resize(r: DeploymentRound, replicaset: StoredObject, size: int, force: bool = False) -> bool:
    """Give a ReplicaSet another size; with `force` note what was wanted even if only that changed (scaleReplicaSet)."""
    differs = replicas(replicaset) != size
    notes = _replicas_annotations(r.spec)
    if differs or (force and any(replicaset.annotations.get(k) != v for k, v in notes.items())):
        _write(r, replicaset, {"replicas": size}, notes)
    return differs


# ---------------------------------------------------------------------- scaling


def _is_scaling(r: DeploymentRound) -> bool:
    """Whether replicas has changed since the ReplicaSets were last given their sizes (isScalingEvent)."""
    return any(
        replicas(one) and int(one.annotations[DESIRED]) != r.spec["replicas"]
        for one in r.every
        if one.annotations.get(DESIRED) is not None
    )


def _scale(r: DeploymentRound) -> None:
    """Pass a new number of replicas on: to the only ReplicaSet with pods, or to all of them in proportion (scale)."""
    wanted: int = r.spec["replicas"]
    active = [one for one in r.every if replicas(one) > 0]
    if len(active) <= 1:
        only = active[0] if active else r.new if r.new is not None else r.old[-1] if r.old else None
        if only is not None:
            _resize(r, only, wanted)
        return
    if r.new is not None and _saturated(r.new, wanted):
        for one in active:
            if one is not r.new:
                _resize(r, one, 0)
    elif r.spec["strategy"]["type"] == "RollingUpdate":
        for one, size in shares(r.spec, r.status, active):
            _resize(r, one, size, force=True)


def shares(
    spec: Mapping[str, Any], status: DeploymentStatus, active: Sequence[StoredObject]
) -> list[tuple[StoredObject, int]]:
    """The sizes of several ReplicaSets after a scaling: the largest comes first and gets what rounding leaves over."""
    wanted: int = spec["replicas"]
    allowed = wanted + bounds(spec)[0] if wanted > 0 else 0
    to_add = allowed - sum(replicas(one) for one in active)
    newest_first = -1 if to_add > 0 else 1
    ordered = sorted(active, key=lambda one: (-replicas(one), newest_first * one.created, newest_first * one.uid))
    sizes, added = [], 0
    for one in ordered:
        part = proportion(spec, status, one, to_add, added)
        sizes.append(replicas(one) + part)
        added += part
    if to_add != 0:
        sizes[0] = max(sizes[0] + to_add - added, 0)
    return list(zip(ordered, sizes, strict=True))


def _saturated(new: StoredObject, wanted: int) -> bool:
    return replicas(new) == replicaset_status(new).available == wanted and new.annotations.get(DESIRED) == str(wanted)


# ---------------------------------------------------------------------- rolling out


def _roll(r: DeploymentRound) -> None:
    """RollingUpdate: first the new ReplicaSet up as far as maxSurge allows, else the old ones down (rolloutRolling)."""
    new = r.new if r.new is not None else _create_new(r)
    wanted, size = int(r.spec["replicas"]), replicas(new)
    if size != wanted and _resize(r, new, wanted if size > wanted else grown(r.spec, r.every, size)):
        return
    if _shrink_old(r, new):
        return
    if _is_complete(r.deployment, r.status):
        _clean_up(r)


def _shrink_old(r: DeploymentRound, new: StoredObject) -> bool:
    """Take old pods away as maxUnavailable allows; those that are not available go first (reconcileOldReplicaSets)."""
    old = [one for one in r.old if replicas(one) > 0]
    if not old:
        return False
    least = r.spec["replicas"] - bounds(r.spec)[1]
    missing_new = replicas(new) - replicaset_status(new).available
    room = sum(replicas(one) for one in r.every) - least - missing_new
    if room <= 0:
        return False
    unhealthy = _shrink_unhealthy(r, old, room)
    if unhealthy is None:
        return False
    spare = sum(replicaset_status(one).available for one in (*old, new)) - least
    return unhealthy + _shrink_healthy(r, old, spare) > 0


def _shrink_unhealthy(r: DeploymentRound, old: Sequence[StoredObject], room: int) -> int | None:
    """Take up to `room` pods that are not available, of the oldest first (cleanupUnhealthyReplicas).

    None when a ReplicaSet still counts more available pods than it is to have: it has not yet seen its new size, and
    nothing can be said about it.
    """
    taken = 0
    for one in old:
        missing = replicas(one) - replicaset_status(one).available
        if taken >= room or replicas(one) == 0 or missing == 0:
            continue
        if missing < 0:
            return None
        take = min(room - taken, missing)
        _resize(r, one, replicas(one) - take)
        taken += take
    return taken


def _shrink_healthy(r: DeploymentRound, old: Sequence[StoredObject], spare: int) -> int:
    """Take up to `spare` pods, of the oldest first (scaleDownOldReplicaSetsForRollingUpdate)."""
    taken = 0
    for one in old:
        take = min(replicas(one), spare - taken)
        if take > 0:
            _resize(r, one, replicas(one) - take)
            taken += take
    return taken


def _recreate(r: DeploymentRound) -> None:
    """Recreate: all old pods have to end before the first new one is made (rolloutRecreate)."""
    running = [one for one in r.old if replicas(one) > 0]
    for one in running:
        _resize(r, one, 0)
    if running:
        return
    if _old_pods_run(r):
        return
    new = r.new if r.new is not None else _create_new(r)
    _resize(r, new, r.spec["replicas"])
    if _is_complete(r.deployment, r.status):
        _clean_up(r)


def _old_pods_run(r: DeploymentRound) -> bool:
    pods = [p for one in r.old for p in r.world.children(one, "Pod")]
    return any(replicaset_status(one).replicas > 0 for one in r.old) or any(not p.terminal for p in pods)


def _clean_up(r: DeploymentRound) -> None:
    """Delete the oldest of the ReplicaSets without pods beyond revisionHistoryLimit (cleanupDeployment)."""
    limit = r.spec.get("revisionHistoryLimit")
    if limit is None or limit == NO_LIMIT:
        return
    alive = [one for one in r.old if one.deleting is None]
    for one in sorted(alive, key=_revision)[: max(len(alive) - limit, 0)]:
        own = replicaset_status(one)
        if own.replicas == 0 and replicas(one) == 0 and own.observed >= one.generation:
            r.world.delete(one)


# ---------------------------------------------------------------------- status


def _counted(r: DeploymentRound) -> DeploymentStatus:
    """The status by the ReplicaSets' statuses (calculateStatus)."""
    every = [replicaset_status(one) for one in r.every]
    available = sum(one.available for one in every)
    return replace(
        r.status,
        replicas=sum(one.replicas for one in every),
        updated=replicaset_status(r.new).replicas if r.new is not None else 0,
        ready=sum(one.ready for one in every),
        available=available,
        observed=r.deployment.generation,
        minimum=available >= r.spec["replicas"] - bounds(r.spec)[1],
    )


def _sync_rollout(r: DeploymentRound) -> float | None:
    """The status of a rollout, with its progress; the answer is when it has to have moved on (syncRolloutStatus)."""
    old, new = r.status, _counted(r)
    deadline = _has_deadline(r.spec)
    own = old.progress
    if not deadline:
        new = replace(new, progress=None)
    elif not (new.replicas == new.updated and own is not None and own.reason == COMPLETE):
        if _is_complete(r.deployment, new):
            new = replace(new, progress=_progress(r, COMPLETE))
        elif _moved(old, new):
            new = replace(new, progress=_progress(r, UPDATED))
        elif own is not None and _due(r.spec, own) < r.now and own.reason not in (COMPLETE, TIMED_OUT):
            new = replace(new, progress=_progress(r, TIMED_OUT))
    failure = next((s for one in (r.new, *r.old) if one is not None and (s := replicaset_status(one)).failure), None)
    new = replace(new, failure=failure.failure if failure else "", message=failure.message if failure else "")
    _store(r, new)
    own = new.progress
    if not deadline or own is None or own.reason in (COMPLETE, TIMED_OUT):
        return None  # what was complete once cannot time out before it moves again
    due = _due(r.spec, own)
    return due + 1.0 if due - r.now >= 1.0 else max(due, r.now) + 0.01


def _moved(old: DeploymentStatus, new: DeploymentStatus) -> bool:
    """Whether there is progress: more new pods, fewer old ones, more ready or available (DeploymentProgressing)."""
    return (
        new.updated > old.updated
        or new.replicas - new.updated < old.replicas - old.updated
        or new.ready > old.ready
        or new.available > old.available
    )


def _is_complete(deployment: StoredObject, status: DeploymentStatus) -> bool:
    """All pods are of the new template and available, and no other ones are left (DeploymentComplete)."""
    wanted = deployment.spec["replicas"]
    return status.updated == status.replicas == status.available == wanted and status.observed >= deployment.generation


def _has_deadline(spec: Mapping[str, Any]) -> bool:
    return spec.get("progressDeadlineSeconds") not in (None, NO_LIMIT)


def _progress(r: DeploymentRound, reason: str) -> Progress:
    own = r.status.progress
    if own is not None and own.reason == reason != UPDATED:
        return own
    return Progress(reason, whole_second(r.world, r.now))


def _due(spec: Mapping[str, Any], progress: Progress) -> float:
    return progress.updated + float(spec["progressDeadlineSeconds"])


def _store(r: DeploymentRound, new: DeploymentStatus) -> None:
    """Write the status, and what is worth an event."""
    old, world, deployment = r.status, r.world, r.deployment
    if new == old:
        return
    deployment.state = new
    if _is_complete(deployment, new) and new.replicas and not _is_complete(deployment, old):
        world.event(deployment, "rollout-complete")
    if new.minimum and not old.minimum:
        world.event(deployment, "available")
    elif old.minimum and not new.minimum:
        world.event(deployment, "unavailable")
    if new.failure and not old.failure:
        world.event(deployment, "replica-failure", {"reason": new.failure}, message=new.message)
    reasons = [s.progress.reason if s.progress is not None else "" for s in (old, new)]
    if reasons[1] == TIMED_OUT != reasons[0]:
        world.event(deployment, "progress-deadline-exceeded", cause=deployment.cause("progressDeadlineSeconds"))
    world.changed(deployment)


def final(world: World, deployment: StoredObject) -> dict[str, Any]:
    """The Deployment's last line."""
    own: DeploymentStatus = deployment.state if deployment.state is not None else DeploymentStatus()
    out: dict[str, Any] = {
        "specReplicas": deployment.spec["replicas"],
        "replicas": own.replicas,
        "updated": own.updated,
        "ready": own.ready,
        "available": own.available,
        "availableCondition": "True" if own.minimum else "False",
    }
    if own.progress is not None:
        out["progressing"] = own.progress.reason
    if own.failure:
        out["replicaFailure"] = own.failure
    return out


def _pod_gone(world: World, obj: StoredObject, change: Change) -> None:
    """Recreate waits for the last old pod."""
    if change == "deleted" and isinstance(obj, StoredPod) and obj.owner is not None and obj.owner.kind == "ReplicaSet":
        owner = obj.owner.owner
        if owner is not None and owner.kind == "Deployment" and owner.spec["strategy"]["type"] == "Recreate":
            world.wake(NAME, owner.uid)


CONTROLLER = Controller(
    NAME,
    sync,
    kind="Deployment",
    owns=("ReplicaSet",),
    child_delay=NOTICE_SECONDS,
    self_delay=NOTICE_SECONDS,
    adopts=True,
    watches=("Pod",),
    on_change=_pod_gone,
    final=final,
)
