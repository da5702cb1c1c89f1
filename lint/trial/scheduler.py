"""The scheduler: which node a pod gets, or why none."""

from __future__ import annotations

from kubetrial.lint.trial.world import Change, Controller, Object, Pod, World

NAME = "scheduler"


def sync(world: World, key: str, now: float) -> float | None:
    """Place what waits."""
    for pod in world.all("Pod"):
        if pod.node is None and pod.active:
            world.bind(pod, "node-0")
    return None


def _on_change(world: World, obj: Object, change: Change) -> None:
    if isinstance(obj, Pod) and obj.node is None:
        world.wake(NAME, "")


CONTROLLER = Controller(NAME, sync, watches=("Pod",), on_change=_on_change)
