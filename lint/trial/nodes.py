"""The nodes of the cluster, and what becomes of them and of their pods: lost, tainted, cordoned, drained, removed.

Follows pkg/controller/{nodelifecycle,tainteviction,podgc}.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import selectors
from kubetrial.lint.facts.resources import amounts
from kubetrial.lint.trial import pressure
from kubetrial.lint.trial.disruption import evict
from kubetrial.lint.trial.objects import (
    MEMORY_PRESSURE,
    NOT_READY,
    OUT_OF_SERVICE,
    UNREACHABLE,
    Change,
    StoredNode,
    StoredObject,
    StoredPod,
)
from kubetrial.lint.trial.pod import end_pod
from kubetrial.lint.trial.world import Controller, World, tell_of_node
from kubetrial.lint.values.digits import whole

LIFECYCLE, EVICTION, GARBAGE, DRAIN = "node-lifecycle", "taint-eviction", "pod-garbage", "drain"

_OF_CONDITIONS = (NOT_READY, UNREACHABLE, MEMORY_PRESSURE)

LOOKS_OF_A_NODE = 4
"""What it costs to make a node, in looks at one."""
GRACE_SECONDS = 51.0
"""From the last report of a node until it counts as not ready: 50 s and what the monitor's period of 5 s adds."""
DEFAULT_TOLERATION_SECONDS = 300.0
QUARANTINE_SECONDS = 50.0
"""From a node's disappearance to the removal of its pods: 40 s, in steps of the collector's period of 20 s."""
OUT_OF_SERVICE_SECONDS = 10.0
DRAIN_RETRY_SECONDS = 5.0


def build(world: World, name: str, zone: int, control_plane: bool = False) -> StoredNode:
    """A fresh node of the profile."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": f"zone-{zone % world.profile.zones}",
        "topology.kubernetes.io/region": "region-0",
        "node.kubernetes.io/instance-type": "sim",
    }
    taints: list[dict[str, Any]] = []
    if control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
        taints.append({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"})
    return StoredNode(name, world.next_uid(), labels, taints, amounts(world.profile.capacity))


def populate(world: World) -> None:
    """Put the profile's nodes into a fresh world: workers `node-0` ..., control-plane nodes `cp-0` ..."""
    world.kernel.look(LOOKS_OF_A_NODE * (world.profile.workers + world.profile.control_planes))
    for i in range(world.profile.workers):
        world.add_node(build(world, f"node-{i}", i))
    for i in range(world.profile.control_planes):
        world.add_node(build(world, f"cp-{i}", i, control_plane=True))


# ---------------------------------------------------------------------- what is done to nodes


def act(world: World, verb: str, name: str, value: Any) -> bool:
    """An action of the scenario on a node; False when there is no such node or verb."""
    if verb == "nodeAdded":
        number = whole(name.rpartition("-")[2])
        node = build(world, name, len(world.nodes) if number is None else number)
        if isinstance(value, Mapping):
            node.labels = {**node.labels, **(value.get("labels") or {})}
            node.taints = [*node.taints, *(value.get("taints") or ())]
        world.add_node(node)
        tell_of_node(world, name, "added")
        tell_of_node(world, name, "ready")
        return True
    found = world.nodes.get(name)
    if found is None:
        return False
    if verb == "nodeDead":
        found.alive = False
        world.wake(LIFECYCLE, name, world.now + GRACE_SECONDS)
    elif verb == "nodeAlive":
        found.alive = True
        world.wake(LIFECYCLE, name)
        for pod in world.pods_on(name):
            world.wake("pod", pod.uid)
    elif verb == "nodeRemoved":
        world.remove_node(found)
        tell_of_node(world, name, "removed")
        world.wake(GARBAGE, name, world.now + QUARANTINE_SECONDS)
    elif verb in ("cordon", "drain"):
        _cordon(world, found, True)
        if verb == "drain":
            world.wake(DRAIN, name)
    elif verb == "uncordon":
        _cordon(world, found, False)
    elif verb == "nodeLabel":
        labels = {**found.labels, **(value or {})}
        found.labels = {k: v for k, v in labels.items() if v is not None}
        world.changed(found)
    elif verb == "nodeTaint":
        found.taints = [*(value or ()), *(t for t in found.taints if t["key"] in _OF_CONDITIONS)]
        world.changed(found)
        world.wake(EVICTION, name)
        world.wake(GARBAGE, name, world.now + OUT_OF_SERVICE_SECONDS)
    elif verb == "memoryPressure":
        pressure.begin(world, found, value)
    else:
        return False
    return True


def _cordon(world: World, node: StoredNode, on: bool) -> None:
    if node.unschedulable != on:
        node.unschedulable = on
        tell_of_node(world, node.name, "cordoned" if on else "uncordoned")
        world.changed(node)


# ---------------------------------------------------------------------- lifecycle


def sync_lifecycle(world: World, name: str, now: float) -> float | None:
    """A node that has not reported for its grace period is not ready: its pods are not either, and it is tainted."""
    node = world.nodes.get(name)
    if node is None or node.alive == node.ready:
        return None
    node.ready = node.alive
    tell_of_node(world, name, "ready" if node.ready else "not-ready")
    node.taints = [t for t in node.taints if t["key"] != UNREACHABLE]
    if not node.ready:
        node.taints += [{"key": UNREACHABLE, "effect": "NoSchedule"}, {"key": UNREACHABLE, "effect": "NoExecute"}]
        for pod in world.pods_on(name):
            if pod.ready:
                pod.ready, pod.ready_changed = False, now
                if pod.deleting is None:
                    world.event(pod, "not-ready")
                world.changed(pod)
    else:
        for pod in world.pods_on(name):
            world.wake("pod", pod.uid)
    world.changed(node)
    world.wake(EVICTION, name)
    return None


def _tainted_since() -> dict[tuple[int, str], float]:
    """(uid of a pod, key of a taint of its node) -> since when."""
    return {}


def sync_eviction(world: World, name: str, now: float) -> float | None:
    """Delete the pods that do not tolerate a NoExecute taint of a node, or no longer (tolerationSeconds)."""
    node = world.nodes.get(name)
    if node is None:
        return None
    since = world.kept(_tainted_since)
    taints = [t for t in node.taints if t.get("effect") == "NoExecute"]
    following = math.inf
    for pod in world.pods_on(name):
        if pod.deleting is not None or pod.terminal:
            continue
        due = math.inf
        for taint in taints:
            start = since.setdefault((pod.uid, str(taint["key"])), now)
            wait = tolerated_seconds(pod.spec.get("tolerations") or (), taint)
            due = min(due, start + wait)
        if not taints:
            for mark in [m for m in since if m[0] == pod.uid]:
                del since[mark]
        elif due <= now + 1e-6:
            pod.conditions.add("DisruptionTarget")
            world.delete(pod)
        else:
            following = min(following, due)
    return None if following == math.inf else following


def tolerated_seconds(tolerations: Sequence[Mapping[str, Any]], taint: Mapping[str, Any]) -> float:
    """How long a pod stays with a NoExecute taint.

    Without a toleration of its own every pod has 300 s for a lost node.
    """
    matching = [t for t in tolerations if selectors.tolerates(t, taint)]
    if matching:
        bounded = [float(t["tolerationSeconds"]) for t in matching if t.get("tolerationSeconds") is not None]
        return max(min(bounded), 0.0) if bounded else math.inf
    return DEFAULT_TOLERATION_SECONDS if taint["key"] in (NOT_READY, UNREACHABLE) else 0.0


def sync_garbage(world: World, name: str, now: float) -> float | None:
    """The pod garbage collector: pods of a node that does not exist, and what terminates on a node out of service."""
    node = world.nodes.get(name)
    if node is not None and (node.ready or not any(t["key"] == OUT_OF_SERVICE for t in node.taints)):
        return None
    for pod in world.pods_on(name):
        if node is not None and pod.deleting is None:
            continue
        pod.conditions.add("DisruptionTarget")
        if node is None or not pod.terminal:
            end_pod(world, pod, "Failed")
        world.delete(pod, grace=0)
    return None


def sync_drain(world: World, name: str, now: float) -> float | None:
    """`kubectl drain`: evict what is not of a DaemonSet; ask again in five seconds for what a budget refused."""
    node = world.nodes.get(name)
    if node is None or not node.unschedulable:
        return None  # gone, or taken back into service meanwhile
    again = False
    for pod in world.pods_on(name):
        if pod.deleting is None and not (pod.owner is not None and pod.owner.kind == "DaemonSet"):
            again = not evict(world, pod) or again
    if again:
        return now + DRAIN_RETRY_SECONDS
    tell_of_node(world, name, "drained")
    return None


def _on_change(world: World, obj: StoredObject, change: Change) -> None:
    if not isinstance(obj, StoredPod) or obj.node is None or change == "deleted" or obj.run is not None:
        return
    node = world.nodes.get(obj.node)
    if node is None:
        world.wake(GARBAGE, obj.node, world.now + QUARANTINE_SECONDS)
    elif any(t.get("effect") == "NoExecute" for t in node.taints):
        world.wake(EVICTION, obj.node)


CONTROLLERS = (
    Controller(LIFECYCLE, sync_lifecycle),
    Controller(EVICTION, sync_eviction, watches=("Pod",), on_change=_on_change),
    Controller(GARBAGE, sync_garbage),
    Controller(DRAIN, sync_drain),
)
