"""The DaemonSet controller: one pod on every node that should have one. Follows pkg/controller/daemon.

It chooses the node itself (the pod only has an affinity to that node's name) and hands placing to the scheduler. Every
pod tolerates what comes with a node's troubles, but no taint of a control-plane node or of a person's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import rollouts
from kubetrial.lint.trial import scheduler
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.controllers.pods import Revisions, available, claim, earliest, slow_start
from kubetrial.lint.trial.objects import Change, StoredNode, StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.records import dataclass, field

NAME = "daemonset"

BURST = 250
"""Most pods that are created or deleted in one round."""
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 900.0
"""Seconds between the removals of failed pods of one node."""

NODE_TROUBLES = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)
"""Taints that every DaemonSet pod tolerates (AddOrUpdateDaemonPodTolerations)."""
NETWORK_TROUBLE = ("node.kubernetes.io/network-unavailable", "NoSchedule")
"""Tolerated too by pods on the host's network."""


@dataclass(frozen=True, slots=True)
class DaemonSetStatus:
    """What the status of a DaemonSet holds. `observed` is the generation that it belongs to."""

    desired: int = 0
    current: int = 0
    ready: int = 0
    updated: int = 0
    available: int = 0
    misscheduled: int = 0
    observed: int = 0


@dataclass(slots=True)
class DaemonSetMemory:
    """What the controller remembers of a DaemonSet."""

    status: DaemonSetStatus = DaemonSetStatus()
    revisions: Revisions = field(default_factory=Revisions)
    backoff: dict[tuple[int, str], tuple[float, float]] = field(default_factory=dict)
    """(generation, node) -> (seconds, since when): how long a further failed pod is kept."""
    specs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """(revision, node) -> the spec of its pods."""


@dataclass(frozen=True, slots=True)
class DaemonSetRound:
    """One round of a DaemonSet: its revision, and its pods by node (without ended ones that are being deleted)."""

    world: World
    daemonset: StoredObject
    now: float
    revision: str
    by_node: dict[str, list[StoredPod]]

    @property
    def spec(self) -> Mapping[str, Any]:
        """The DaemonSet's spec."""
        return self.daemonset.spec

    @property
    def memory(self) -> DaemonSetMemory:
        """What the controller remembers."""
        found: DaemonSetMemory = self.daemonset.state
        return found

    def available(self, pod: StoredPod) -> bool:
        """Ready for minReadySeconds."""
        return available(pod, self.now, self.spec["minReadySeconds"])


# ---------------------------------------------------------------------- which nodes


def tolerations(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tolerations of a DaemonSet's pods: their own and the automatic ones."""
    troubles = [*NODE_TROUBLES, NETWORK_TROUBLE] if spec.get("hostNetwork") else NODE_TROUBLES
    return [
        *(spec.get("tolerations") or ()),
        *({"key": key, "operator": "Exists", "effect": effect} for key, effect in troubles),
    ]


def should_run(spec: Mapping[str, Any], tolerated: Sequence[Mapping[str, Any]], node: StoredNode) -> tuple[bool, bool]:
    """(a pod should start on this node, a running one should stay) for a pod's spec (NodeShouldRunDaemonPod)."""
    if spec.get("nodeName") not in (None, "", node.name) or not scheduler.node_matches(spec, node):
        return False, False
    if scheduler.untolerated(node, tolerated, ("NoSchedule", "NoExecute")) is None:
        return True, True
    return False, scheduler.untolerated(node, tolerated, ("NoExecute",)) is None


def target(pod: StoredPod) -> str | None:
    """The node that a pod is on, or was made for (GetTargetNodeName)."""
    if pod.node is not None or pod.target is not None:
        return pod.node or pod.target
    affinity = (pod.spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for one in term.get("matchFields") or ():
            if one.get("key") == "metadata.name" and one.get("operator") == "In" and len(one.get("values") or ()) == 1:
                return str(one["values"][0])
    return None


def pod_spec(spec: Mapping[str, Any], node: str) -> dict[str, Any]:
    """A pod's spec for one node: bound to its name (ReplaceDaemonSetPodNodeNameNodeAffinity), with all tolerations."""
    affinity = spec.get("affinity") or {}
    of_node = affinity.get("nodeAffinity") or {}
    required = of_node.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    name = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
    bound = {
        **of_node,
        "requiredDuringSchedulingIgnoredDuringExecution": {**required, "nodeSelectorTerms": [name]},
    }
    return {**spec, "affinity": {**affinity, "nodeAffinity": bound}, "tolerations": tolerations(spec)}


# ---------------------------------------------------------------------- the round


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a DaemonSet (syncDaemonSet)."""
    daemonset: StoredObject | None = world.get(key)
    if daemonset is None or daemonset.deleting is not None:
        return None
    if daemonset.state is None:
        daemonset.state = DaemonSetMemory()
    revision = daemonset.state.revisions.name(daemonset.spec["template"])
    by_node: dict[str, list[StoredPod]] = {}
    for pod in claim(world, daemonset):
        node = target(pod)
        if node is not None and not (pod.terminal and pod.deleting is not None):
            by_node.setdefault(node, []).append(pod)
    r = DaemonSetRound(world, daemonset, now, revision, by_node)
    create, delete, again = manage(r)
    done, refused = _act(r, create, delete)
    # What was just asked for has to be seen first; the rollout goes on in the next round.
    if refused is None and not done and daemonset.spec["updateStrategy"]["type"] == "RollingUpdate":
        create, delete = roll(r)
        _, refused = _act(r, create, delete)
    _store(r, _counted(r))
    if refused is not None:
        return earliest(world.retry(NAME, key, now), again)
    world.forget(NAME, key)
    return earliest(_next_look(r), again)


def _next_look(r: DaemonSetRound) -> float | None:
    """When to see whether a ready pod has become available (updatePod, updateDaemonSetStatus).

    That is minReadySeconds after it became ready, and a second later where the status does not wait for it: there the
    new pod of a surge stands behind the old one.
    """
    min_ready = r.spec["minReadySeconds"]
    own = r.memory.status
    late = 0.0 if own.ready != own.available else 1.0
    pods = [p for pods in r.by_node.values() for p in pods]
    return earliest(*(p.ready_changed + min_ready + late for p in pods if p.ready and not r.available(p)))


def manage(r: DaemonSetRound) -> tuple[list[str], list[StoredPod], float | None]:
    """(nodes that need a pod, pods that have to go, when to look again) without regard to revisions (manage)."""
    create: list[str] = []
    delete: list[StoredPod] = []
    again: float | None = None
    spec = r.spec["template"]["spec"]
    tolerated = tolerations(spec)
    for node in r.world.nodes.values():
        start, stay = should_run(spec, tolerated, node)
        pods = r.by_node.get(node.name, [])
        if start and not pods:
            create.append(node.name)
        elif stay:
            running, over, wait = _sort_out(r, node.name, pods)
            delete += over
            again = earliest(again, wait)
            if rollouts.of_daemonset(r.spec["updateStrategy"], 1)[0] == 0:
                delete += running[1:]
            elif len(running) > 1:
                delete += _surplus(r, running)
            elif not running and start:
                create.append(node.name)
        else:
            delete += [p for p in pods if p.deleting is None]
    for name, pods in r.by_node.items():
        if name not in r.world.nodes:
            delete += [p for p in pods if p.node is None]
    return create, delete, again


def _sort_out(
    r: DaemonSetRound, node: str, pods: list[StoredPod]
) -> tuple[list[StoredPod], list[StoredPod], float | None]:
    """(pods that run, the oldest first; ended ones to remove; when a failed one may be removed), of one node."""
    running: list[StoredPod] = []
    over: list[StoredPod] = []
    wait: float | None = None
    key = (r.memory.status.observed, node)
    for pod in pods:
        if pod.deleting is not None:
            continue
        if pod.phase == "Failed":
            seconds, since = r.memory.backoff.get(key, (0.0, 0.0))
            if r.now < since + seconds:
                if pod.state is None or pod.state <= r.now:
                    pod.state = r.now + seconds
                wait = earliest(wait, pod.state)
                continue
            if r.now - since > 2 * LONGEST_BACKOFF:
                seconds = 0.0
            r.memory.backoff[key] = (min(max(2 * seconds, FIRST_BACKOFF), LONGEST_BACKOFF), r.now)
            r.world.event(r.daemonset, "FailedDaemonPod", message=f"a pod on node {node} has failed and is replaced")
            over.append(pod)
        elif pod.phase == "Succeeded":
            over.append(pod)
        else:
            running.append(pod)
    return sorted(running, key=_age), over, wait


def _age(pod: StoredPod) -> tuple[bool, float, int]:
    return (pod.node is None, pod.created, pod.uid)


def _surplus(r: DaemonSetRound, running: list[StoredPod]) -> list[StoredPod]:
    """With maxSurge a node has one old and one new pod until the old one is not ready or the new one is available."""
    new = [p for p in running if p.revision == r.revision]
    old = [p for p in running if p.revision != r.revision]
    surplus = new[1:] + old[1:]
    if new and old and (not old[0].ready or r.available(new[0])):
        surplus.append(old[0])
    return surplus


def _act(r: DaemonSetRound, create: list[str], delete: list[StoredPod]) -> tuple[int, AdmissionRefused | None]:
    """Create and delete (syncNodes); the answer is how much was done, and what was refused."""
    template = r.spec["template"]

    def make(i: int) -> None:
        node = create[i]
        spec = r.memory.specs.get((r.revision, node))
        if spec is None:
            spec = r.memory.specs[(r.revision, node)] = pod_spec(template["spec"], node)
        labels = {"controller-revision-hash": r.revision}
        pod = r.world.create_pod(r.daemonset, target=node, revision=r.revision, labels=labels, spec=spec)
        r.by_node.setdefault(node, []).append(pod)

    done, refused = slow_start(min(len(create), BURST), make)
    if refused is not None:
        r.world.failed_create(r.daemonset, refused)
    for pod in delete[:BURST]:
        r.world.delete(pod)
    return done + min(len(delete), BURST), refused


# ---------------------------------------------------------------------- rolling update


def roll(r: DaemonSetRound) -> tuple[list[str], list[StoredPod]]:
    """(nodes that get a new pod beside the old one, old pods that have to go) (rollingUpdate)."""
    spec = r.spec["template"]["spec"]
    tolerated = tolerations(spec)
    eligible = {n.name: should_run(spec, tolerated, n)[0] for n in r.world.nodes.values()}
    desired = sum(eligible.values())
    nodes = {**r.by_node, **{name: r.by_node.get(name, []) for name, wanted in eligible.items() if wanted}}
    surge, unavailable = rollouts.of_daemonset(r.spec["updateStrategy"], desired)
    if surge == 0:
        return [], _replaceable(r, nodes, unavailable)
    return _roll_with_surge(r, nodes, eligible, surge, desired)


def _old_and_new(r: DaemonSetRound, pods: list[StoredPod]) -> tuple[StoredPod | None, StoredPod | None] | None:
    """(new, old) pod of a node; None when there are too many of one kind (findUpdatedPodsOnNode)."""
    living = [p for p in pods if p.deleting is None]
    new = [p for p in living if p.revision == r.revision]
    old = [p for p in living if p.revision != r.revision]
    if len(new) > 1 or len(old) > 1:
        return None
    return (new[0] if new else None), (old[0] if old else None)


def _replaceable(r: DaemonSetRound, nodes: Mapping[str, list[StoredPod]], most: int) -> list[StoredPod]:
    """The old pods that may go now: all that are not available, and others until `most` nodes are without."""
    unavailable = 0
    broken: list[StoredPod] = []
    candidates: list[StoredPod] = []
    for pods in nodes.values():
        pair = _old_and_new(r, pods)
        new, old = pair or (None, None)
        if pair is None or (new is None) == (old is None):
            unavailable += 1
        elif new is not None:
            unavailable += not r.available(new)
        elif old is not None and not r.available(old):
            broken.append(old)
            unavailable += 1
        elif old is not None and unavailable < most:
            candidates.append(old)
    return broken + candidates[: max(most - unavailable, 0)]


def _roll_with_surge(
    r: DaemonSetRound, nodes: Mapping[str, list[StoredPod]], eligible: Mapping[str, bool], surge: int, desired: int
) -> tuple[list[str], list[StoredPod]]:
    gone: list[StoredPod] = []
    sunset: list[StoredPod] = []
    allowed: list[str] = []
    candidates: list[str] = []
    surging = serving = 0
    for name, pods in nodes.items():
        pair = _old_and_new(r, pods)
        if pair is None:
            surging += 1
            continue
        new, old = pair
        seen = old or new
        serving += seen is not None and r.available(seen)
        if old is None:
            continue
        if new is not None:
            if r.available(new):
                gone.append(old)
            else:
                surging += 1
        elif not eligible.get(name, False):
            (sunset if r.available(old) else gone).append(old)
        elif not r.available(old):
            allowed.append(name)
        elif surging < surge:
            candidates.append(name)
    gone += sunset[: max(serving - desired, 0)]
    return allowed + candidates[: max(surge - surging, 0)], gone


# ---------------------------------------------------------------------- status


def _counted(r: DaemonSetRound) -> DaemonSetStatus:
    """The numbers of the status: of each node its oldest pod counts (updateDaemonSetStatus)."""
    spec = r.spec["template"]["spec"]
    tolerated = tolerations(spec)
    desired = current = ready = updated = serving = misscheduled = 0
    for node in r.world.nodes.values():
        pods = r.by_node.get(node.name)
        if not should_run(spec, tolerated, node)[0]:
            misscheduled += bool(pods)
            continue
        desired += 1
        if pods:
            pod = min(pods, key=_age)
            current += 1
            ready += pod.ready
            serving += r.available(pod)
            updated += pod.revision == r.revision
    return DaemonSetStatus(desired, current, ready, updated, serving, misscheduled, r.daemonset.generation)


def _complete(daemonset: StoredObject, status: DaemonSetStatus) -> bool:
    return status.observed >= daemonset.generation and status.updated == status.available == status.desired > 0


def _store(r: DaemonSetRound, new: DaemonSetStatus) -> None:
    old = r.memory.status
    if new == old:
        return
    r.memory.status = new
    if _complete(r.daemonset, new) and not _complete(r.daemonset, old):
        r.world.event(r.daemonset, "rollout-complete")
    r.world.changed(r.daemonset)


def final(world: World, daemonset: StoredObject) -> dict[str, Any]:
    """The DaemonSet's last line."""
    own = daemonset.state.status if daemonset.state is not None else DaemonSetStatus()
    return {
        "desired": own.desired,
        "current": own.current,
        "ready": own.ready,
        "updated": own.updated,
        "available": own.available,
        "misscheduled": own.misscheduled,
    }


def _node_changed(world: World, node: StoredObject, change: Change) -> None:
    """Wake the DaemonSets for which a node now needs a pod, or has one too many (syncNodeUpdate).

    A node that is removed wakes none: the status goes on counting it.
    """
    if change == "deleted" or not isinstance(node, StoredNode):
        return
    for daemonset in world.all("DaemonSet"):
        spec = daemonset.spec["template"]["spec"]
        start, stay = should_run(spec, tolerations(spec), node)
        there = any(p.owner is daemonset for p in world.pods_on(node.name))
        misscheduled = daemonset.state is not None and daemonset.state.status.misscheduled > 0
        if (start and not there) or (there and (not stay or misscheduled)):
            world.wake(NAME, daemonset.uid)


CONTROLLER = Controller(
    NAME,
    sync,
    kind="DaemonSet",
    owns=("Pod",),
    adopts=True,
    watches=("Node",),
    on_change=_node_changed,
    final=final,
)
