"""Preemption: a pod that finds no room takes the place of less important ones.

Follows the DefaultPreemption plugin of the scheduler (pkg/scheduler/framework/preemption): on each node that lacks room or a port alone,
all less important pods are taken away in thought and as many as fit are put back, those that a budget protects first; the node with the
fewest broken budgets, then the least important victims, then the fewest is chosen. Victims are deleted with their grace period; the pod
keeps the node in view until they have ended. Constraints on other pods are looked at, but nobody is taken away for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.trial import disruption, scheduler
from kubetrial.lint.trial.objects import StoredNode, StoredPod
from kubetrial.lint.trial.world import Controller, World

NAME = scheduler.PREEMPTION


def _nominated() -> dict[int, str]:
    """uid of a pod -> the node on which room is being made for it."""
    return {}


def sync(world: World, key: str, now: float) -> float | None:
    """After a round of the scheduler: make room for what waits and may have it, the most important first."""
    state = scheduler.state(world)
    nominated = world.kept(_nominated)
    for uid in [uid for uid in nominated if (pod := world.get(uid)) is None or pod.node is not None]:
        del nominated[uid]
    lowest = min((scheduler.priority(world, p) for n in world.nodes.values() for p in _running(world, n)), default=None)
    groups = [list(group.values()) for group in state.pending.values()]
    for group in sorted(groups, key=lambda pods: (-scheduler.priority(world, pods[0]), pods[0].uid)):
        if lowest is None or scheduler.priority(world, group[0]) <= lowest:
            return None
        for pod in group:  # all alike: where there is nothing for one, there is nothing for the next
            if not scheduler.preempts(world, pod) or not _make_room(world, state, pod):
                break
    return None


def _make_room(world: World, state: scheduler.SchedulerState, pod: StoredPod) -> bool:
    """Take less important pods away for a pod; False where that is of no use."""
    if _waits_for_victims(world, pod):
        return True
    nominated = world.kept(_nominated)
    nominated.pop(pod.uid, None)
    world.kernel.look(len(world.nodes) + len(state.accounted))
    found = _best(world, state, pod)
    if found is None:
        return False
    node, victims = found
    nominated[pod.uid] = node.name
    cause, message = pod.cause("priorityClassName"), f"Preempted by a pod on node {node.name}"
    for victim in victims:
        world.event(victim, "preempted", {"by": pod.subject}, cause=cause, message=message)
        victim.conditions.add("DisruptionTarget")
        world.delete(victim)
    return True


def _waits_for_victims(world: World, pod: StoredPod) -> bool:
    """Whether less important pods still end on the node that was chosen for it (PodEligibleToPreemptOthers)."""
    name = world.kept(_nominated).get(pod.uid)
    mine = scheduler.priority(world, pod)
    return name is not None and any(
        other.deleting is not None and not other.terminal and scheduler.priority(world, other) < mine
        for other in world.pods_on(name)
    )


def _best(world: World, state: scheduler.SchedulerState, pod: StoredPod) -> tuple[StoredNode, list[StoredPod]] | None:
    """The node on which least is lost, and who has to go there."""
    ranked = []
    for number, node in enumerate(scheduler.lack_room(world, state, pod)):
        victims = _victims(world, state, pod, node)
        if victims:
            broken = sum(disruption.refusing(world, victim) is not None for victim in victims)
            numbers = [scheduler.priority(world, victim) for victim in victims]
            ranked.append(((broken, max(numbers), sum(numbers), len(victims), number), node, victims))
    return min(ranked, key=lambda one: one[0])[1:] if ranked else None


def _victims(world: World, state: scheduler.SchedulerState, pod: StoredPod, node: StoredNode) -> list[StoredPod]:
    """Who has to leave a node so that the pod fits there; nobody where even that is not enough."""
    mine = scheduler.priority(world, pod)
    lower = [other for other in _running(world, node) if scheduler.priority(world, other) < mine]
    gone = {other.uid for other in lower}
    if not lower or not _fits(world, state, pod, node, gone):
        return []
    protected = {other.uid for other in lower if disruption.refusing(world, other) is not None}
    for other in sorted(lower, key=lambda p: (p.uid not in protected, -scheduler.priority(world, p), p.uid)):
        if _fits(world, state, pod, node, gone - {other.uid}):
            gone.discard(other.uid)
    return [other for other in lower if other.uid in gone]


def _running(world: World, node: StoredNode) -> Iterator[StoredPod]:
    return (p for p in world.pods_on(node.name) if not p.terminal and p.deleting is None)


def _fits(world: World, state: scheduler.SchedulerState, pod: StoredPod, node: StoredNode, gone: set[int]) -> bool:
    """Whether a pod has room and its ports on a node from which some pods are gone, beside those that room is made for."""
    wants = scheduler.wants(world, pod.spec)
    used = dict(state.used.get(node.name, {}))
    for uid in gone:
        for name, amount in state.accounted.get(uid, ("", {}))[1].items():
            used[name] = used.get(name, 0) - amount
    for uid, name in world.kept(_nominated).items():
        other = world.get(uid)
        if name == node.name and uid != pod.uid and other is not None:
            for resource, amount in {**scheduler.wants(world, other.spec).requests, "pods": 1000}.items():
                used[resource] = used.get(resource, 0) + amount
    if scheduler.shortage(node, used, wants.requests):
        return False
    taken = {uid: ports for uid, ports in state.ports.get(node.name, {}).items() if uid not in gone}
    return not (wants.ports and scheduler.conflict(wants.ports, taken))


CONTROLLER = Controller(NAME, sync)
