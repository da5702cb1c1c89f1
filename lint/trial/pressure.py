"""A node that is short of memory: which pods the kubelet evicts, in which order, and what that does to the node.

Follows pkg/kubelet/eviction. One pod after another is evicted until the others fit: those first that use more than
they request (a BestEffort pod always does, a Guaranteed one never), among them those of lower priority, then those
that use most above their requests. Critical pods are left alone. Meanwhile the node has the condition MemoryPressure
and its taint, which only pods of DaemonSets tolerate by themselves: those come back to the same node.

How much memory a container uses is not in a manifest. Unless the scenario says it: a fifth more than it requests and
at least 128Mi, but no more than its limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.facts.resources import amounts, pod_sum, thousandths
from kubetrial.lint.trial import scheduler
from kubetrial.lint.trial.objects import MEMORY_PRESSURE, StoredNode, StoredPod
from kubetrial.lint.trial.pod import end_pod
from kubetrial.lint.trial.world import Controller, World, tell_of_node
from kubetrial.lint.values.records import dataclass

NAME = "memory-pressure"

DEFAULT_SECONDS = 300.0
"""How long a shortage lasts."""
PERIOD_SECONDS, CLEANED_SECONDS = 10.0, 1.0
"""Between two looks at the memory; after an eviction the next look comes as soon as the pod is gone."""
TRANSITION_SECONDS = 300.0
"""How long the condition stays after the last shortage."""
CRITICAL = 2_000_000_000
"""From this priority on a pod is never evicted."""
LEAST_USE = thousandths("128Mi")


@dataclass(slots=True)
class Shortage:
    """What a node has left for its pods until when, and when there was last too little of it."""

    leaves: int
    until: float
    usage: Mapping[str, int]
    last: float


def begin(world: World, node: StoredNode, value: Any) -> None:
    """An action of the scenario: until `seconds` have passed, the pods of a node may use no more than `leaves`.

    `usage` says how much a pod of a workload (`Kind/name`) uses. `leaves` is a quantity, or a percentage of what the
    pods use now.
    """
    value = value or {}
    usage = {name: thousandths(amount) for name, amount in (value.get("usage") or {}).items()}
    leaves = str(value.get("leaves", "50%"))
    used = sum(_use(world, pod, usage) for pod in _running(world, node))
    left = used * int(leaves[:-1]) // 100 if leaves.endswith("%") else thousandths(leaves)
    until = world.now + float(value.get("seconds", DEFAULT_SECONDS))
    world.kept(_shortages)[node.name] = Shortage(left, until, usage, world.now)
    world.wake(NAME, node.name)


def sync(world: World, name: str, now: float) -> float | None:
    """One look of the kubelet at its memory (synchronize)."""
    node = world.nodes.get(name)
    own = world.kept(_shortages).get(name)
    if node is None or own is None or not node.alive:
        return None
    pods = _running(world, node)
    short = now < own.until and sum(_use(world, pod, own.usage) for pod in pods) > own.leaves
    tainted = any(t["key"] == MEMORY_PRESSURE for t in node.taints)
    if short:
        own.last = now
        if not tainted:
            _set(world, node, True)
        ranked = sorted(pods, key=lambda pod: _rank(world, pod, own.usage))
        victim = next((pod for pod in ranked if scheduler.priority(world, pod) < CRITICAL), None)
        if victim is not None:
            _evict(world, victim, own.usage)
            return now + CLEANED_SECONDS
    elif tainted and now >= own.last + TRANSITION_SECONDS:
        _set(world, node, False)
        tainted = False
    if now < own.until:
        return now + PERIOD_SECONDS
    return own.last + TRANSITION_SECONDS if tainted else None


def _shortages() -> dict[str, Shortage]:
    """Node -> its want of memory."""
    return {}


def _running(world: World, node: StoredNode) -> list[StoredPod]:
    return [pod for pod in world.pods_on(node.name) if pod.phase == "Running" and pod.deleting is None]


def _set(world: World, node: StoredNode, on: bool) -> None:
    """Set the condition, and its taint with it."""
    node.taints = [t for t in node.taints if t["key"] != MEMORY_PRESSURE]
    if on:
        node.taints = [*node.taints, {"key": MEMORY_PRESSURE, "effect": "NoSchedule"}]
    tell_of_node(world, node.name, "memory-pressure" if on else "memory-pressure-over")
    world.changed(node)


def container_use(container: Mapping[str, Any]) -> int:
    """What a container uses when nothing is said, in thousandths of a byte."""
    own = container.get("resources") or {}
    request = amounts(own.get("requests")).get("memory", 0)
    limit = amounts(own.get("limits")).get("memory")
    use = max(request * 6 // 5, LEAST_USE)
    return use if limit is None else min(use, limit)


def _use(world: World, pod: StoredPod, usage: Mapping[str, int]) -> int:
    root = world.root(pod)
    said = usage.get(f"{root.kind}/{root.name}")
    return sum(container_use(c) for c in pod.spec.get("containers") or ()) if said is None else said


def _rank(world: World, pod: StoredPod, usage: Mapping[str, int]) -> tuple[bool, int, int, int]:
    """The first to go sorts first (rankMemoryPressure); among equals, which are chance upstream, the youngest."""
    above = _use(world, pod, usage) - pod_sum(pod.spec, "requests").get("memory", 0)
    return (above <= 0, scheduler.priority(world, pod), -above, -pod.uid)


def _evict(world: World, pod: StoredPod, usage: Mapping[str, int]) -> None:
    said = "The node was low on resource: memory."
    cause = None
    for i, container in enumerate(pod.spec.get("containers") or ()):
        request = amounts((container.get("resources") or {}).get("requests")).get("memory", 0)
        use = container_use(container)
        if not usage and use > request:
            said += f" Container {container.get('name')} was using {_shown(use)}, request is {_shown(request)}."
            cause = cause or pod.cause("containers", i, "resources", "requests", "memory")
    pod.conditions.add("DisruptionTarget")
    end_pod(world, pod, "Failed", "Evicted", world.now, f"{said} QoS class {pod.qos}", cause)


def _shown(amount: int) -> str:
    return f"{amount // 1000 // 2**20}Mi" if amount else "0"


CONTROLLER = Controller(NAME, sync)
