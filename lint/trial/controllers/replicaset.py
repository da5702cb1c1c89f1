"""The ReplicaSet controller: so many pods of one template, no more and no fewer. Follows pkg/controller/replicaset."""

from __future__ import annotations

import math
from typing import Any

from kubetrial.lint.facts import selectors
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.controllers.pods import available, claim, next_available, slow_start
from kubetrial.lint.trial.objects import StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.records import dataclass, replace

NAME = "replicaset"

BURST = 500
"""Most pods that are created or deleted in one round."""

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


@dataclass(frozen=True, slots=True)
class ReplicaSetStatus:
    """What the status holds; `observed` is the generation it belongs to, `failure` the reason of ReplicaFailure."""

    replicas: int = 0
    ready: int = 0
    available: int = 0
    terminating: int = 0
    observed: int = 0
    failure: str = ""
    message: str = ""


NO_STATUS = ReplicaSetStatus()


def status(replicaset: StoredObject) -> ReplicaSetStatus:
    """The status of a ReplicaSet; all zero before its first round."""
    return NO_STATUS if replicaset.state is None else replicaset.state


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a ReplicaSet (syncReplicaSet)."""
    replicaset: StoredObject | None = world.get(key)
    if replicaset is None:
        return None
    active = claim(world, replicaset, among=lambda pod: pod.active)
    # Counted before this round's own work: the pods that it makes or removes are seen in the next.
    counted = _counted(world, replicaset, active, now)
    refused = manage(world, replicaset, active, now) if replicaset.deleting is None else None
    if refused is not None:
        counted = replace(counted, failure="FailedCreate", message=status(replicaset).message or refused.message)
    _store(world, replicaset, counted)
    if refused is not None:
        return world.retry(NAME, key, now)
    world.forget(NAME, key)
    return next_available(active, now, replicaset.spec["minReadySeconds"])


def manage(world: World, replicaset: StoredObject, active: list[StoredPod], now: float) -> AdmissionRefused | None:
    """Create what is missing, delete what is too much (manageReplicas). The answer is what was refused."""
    surplus = len(active) - int(replicaset.spec["replicas"])
    if surplus < 0:
        _, refused = slow_start(min(-surplus, BURST), lambda i: world.create_pod(replicaset))
        if refused is not None:
            world.failed_create(replicaset, refused)
        return refused
    for pod in to_delete(world, replicaset, active, min(surplus, BURST), now):
        world.delete(pod)
    return None


def to_delete(
    world: World, replicaset: StoredObject, active: list[StoredPod], surplus: int, now: float
) -> list[StoredPod]:
    """The pods that are given up first (getPodsToDelete).

    In this order: without a node, pending, not ready, of a lower deletion cost, with more neighbours of the same
    Deployment on the node, ready for a shorter time, restarted more often, younger. Times count by powers of two;
    upstream leaves equals to chance, here the youngest goes.
    """
    if not 0 < surplus < len(active):
        return active[:surplus] if surplus > 0 else []
    together = _pods_by_node(world, replicaset)

    def rank(pod: StoredPod) -> tuple[Any, ...]:
        return (
            pod.node is not None,
            {"Pending": 0, "Running": 2}.get(pod.phase, 1),
            pod.ready,
            _deletion_cost(pod),
            -together.get(pod.node, 0),
            _magnitude(now - pod.ready_changed) if pod.ready else 0,
            -pod.restarts,
            _magnitude(now - pod.created),
            -pod.uid,
        )

    return sorted(active, key=rank)[:surplus]


def _pods_by_node(world: World, replicaset: StoredObject) -> dict[str | None, int]:
    """How many active pods of all ReplicaSets of the same controller each node has; none without a controller."""
    if replicaset.owner is None:
        return {}
    relatives = [r.spec.get("selector") for r in world.children(replicaset.owner, "ReplicaSet")]
    counts: dict[str | None, int] = {}
    for pod in world.all("Pod", replicaset.namespace):
        if pod.active and any(selectors.matches(s, pod.labels) for s in relatives):
            counts[pod.node] = counts.get(pod.node, 0) + 1
    return counts


def _deletion_cost(pod: StoredPod) -> int:
    try:
        return int(pod.annotations.get(DELETION_COST, 0))
    except ValueError:
        return 0


def _magnitude(age: float) -> int:
    """An age as its power of two, in nanoseconds (logarithmicRankDiff)."""
    return int(math.log2(age * 1e9)) if age > 0 else -1


def _counted(world: World, replicaset: StoredObject, active: list[StoredPod], now: float) -> ReplicaSetStatus:
    """The numbers of the status (calculateStatus)."""
    selector = replicaset.spec.get("selector")
    terminating = [p for p in world.children(replicaset, "Pod") if p.terminating]
    min_ready = replicaset.spec["minReadySeconds"]
    return ReplicaSetStatus(
        replicas=len(active),
        ready=sum(p.ready for p in active),
        available=sum(available(p, now, min_ready) for p in active),
        terminating=sum(selectors.matches(selector, p.labels) for p in terminating),
        observed=replicaset.generation,
    )


def _store(world: World, replicaset: StoredObject, new: ReplicaSetStatus) -> None:
    if new != status(replicaset):
        replicaset.state = new
        world.changed(replicaset)


def final(world: World, replicaset: StoredObject) -> dict[str, Any]:
    """The ReplicaSet's last line."""
    own = status(replicaset)
    return {"specReplicas": replicaset.spec["replicas"], "replicas": own.replicas, "ready": own.ready}


CONTROLLER = Controller(NAME, sync, kind="ReplicaSet", owns=("Pod",), adopts=True, final=final)
