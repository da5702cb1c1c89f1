"""PodDisruptionBudgets and the Eviction API.

Follows pkg/controller/disruption and pkg/registry/core/pod/storage/eviction.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.facts import kinds, selectors
from kubetrial.lint.trial.objects import StoredObject, StoredPod
from kubetrial.lint.trial.world import World
from kubetrial.lint.values.int_or_percent import scaled


def evict(world: World, pod: StoredPod) -> bool:
    """Ask for an eviction; False when it is refused (an event of the pod says by which budget)."""
    budget = refusing(world, pod)
    if budget is not None:
        field = "maxUnavailable" if budget.spec.get("maxUnavailable") is not None else "minAvailable"
        world.event_once(pod, "eviction-refused", {"budget": budget.name}, cause=budget.cause(field))
        return False
    pod.conditions.add("DisruptionTarget")
    world.delete(pod)
    return True


def refusing(world: World, pod: StoredPod) -> StoredObject | None:
    """The budget that refuses an eviction now: one that allows no disruption (429), or a second one for a pod (500)."""
    if pod.terminal or pod.phase == "Pending" or pod.deleting is not None:
        return None
    budgets = budgets_of(world, pod)
    if len(budgets) > 1:
        return budgets[1]
    return budgets[0] if budgets and not _allows(world, budgets[0], pod) else None


def budgets_of(world: World, pod: StoredPod) -> list[StoredObject]:
    """The budgets whose selector matches a pod (in policy/v1 an empty selector matches every pod of the namespace)."""
    found = world.all("PodDisruptionBudget", pod.namespace)
    return [b for b in found if selectors.matches(b.spec.get("selector"), pod.labels)]


def _allows(world: World, budget: StoredObject, pod: StoredPod) -> bool:
    healthy, desired, expected = status(world, budget)
    if not pod.ready:
        if budget.spec.get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
            return True
        if healthy >= desired > 0:
            return True
    return expected > 0 and healthy - desired > 0


def status(world: World, budget: StoredObject) -> tuple[int, int, int]:
    """(currentHealthy, desiredHealthy, expectedPods) of a budget now.

    A percentage, and maxUnavailable in any form, count from the scale of the pods' controllers; pods of a controller
    without a scale (Job, DaemonSet) allow no disruption then (expected 0).
    """
    selector = budget.spec.get("selector")
    pods = [p for p in world.all("Pod", budget.namespace) if selectors.matches(selector, p.labels)]
    healthy = sum(p.ready and p.deleting is None for p in pods)
    most, least = budget.spec.get("maxUnavailable"), budget.spec.get("minAvailable")
    if most is not None:
        expected = _scale(world, pods)
        return (
            (healthy, 0, 0)
            if expected is None
            else (healthy, max(expected - scaled(most, expected, up=True), 0), expected)
        )
    if isinstance(least, str):
        expected = _scale(world, pods)
        return (healthy, 0, 0) if expected is None else (healthy, scaled(least, expected, up=True), expected)
    if least is None:
        return healthy, 0, 0  # neither field: no pod is expected, and none may go
    return healthy, int(least), len(pods)


def _scale(world: World, pods: list[StoredPod]) -> int | None:
    """The wanted replicas of all controllers of the pods; None when one has no scale."""
    scales: dict[int, int] = {}
    for pod in pods:
        owner = pod.owner
        if owner is None:
            continue
        if owner.kind == "ReplicaSet" and owner.owner is not None and owner.owner.kind == "Deployment":
            owner = owner.owner
        if owner.kind not in kinds.SCALED:
            return None
        spec: Mapping[str, Any] = owner.spec
        scales[owner.uid] = int(spec.get("replicas", 1))
    return sum(scales.values())
