"""The order of `helm install --wait`: hooks before the rest, the rest, and hooks after all of it is ready.

Follows pkg/action/install.go and hooks.go of Helm, and the readiness of pkg/kube/ready.go: hooks of one event run one after another
by weight and then by name, and each is waited for; the hooks after the install wait until everything else is ready; whoever waits
longer than the timeout (five minutes by default) ends the install. Objects of other events (upgrade, test, delete) are not made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import rollouts
from kubetrial.lint.trial import storage
from kubetrial.lint.trial.objects import StoredObject, StoredPod
from kubetrial.lint.trial.world import World
from kubetrial.lint.values.records import dataclass, field

NAME = "install"
TIMEOUT = 300.0
"""Helm's own `--timeout`."""
LOOKS_EVERY = 2.0
_EVENT, _WEIGHT = "helm.sh/hook", "helm.sh/hook-weight"

Given = tuple[int, Mapping[str, Any]]
"""The number of an object among those that were given, and the object."""


@dataclass(slots=True)
class Install:
    """What is still to be made, and since when it is waited for what was made last."""

    stages: list[list[Given]] = field(default_factory=list)
    waits_for: list[Given] = field(default_factory=list)
    since: float = 0.0


def stages(objects: Sequence[Mapping[str, Any]]) -> list[list[Given]]:
    """What is made together, in the order in which it is made."""
    before: list[tuple[int, str, Given]] = []
    after: list[tuple[int, str, Given]] = []
    rest: list[Given] = []
    for number, manifest in enumerate(objects):
        metadata = manifest.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        annotations = metadata.get("annotations")
        annotations = annotations if isinstance(annotations, Mapping) else {}
        events = {event.strip() for event in str(annotations.get(_EVENT) or "").split(",")} - {""}
        if not events:
            rest.append((number, manifest))
        for event, found in (("pre-install", before), ("post-install", after)):
            if event in events:
                found.append((_weight(annotations.get(_WEIGHT)), str(metadata.get("name")), (number, manifest)))
    hooks = [[[given] for _, _, given in sorted(found, key=lambda one: one[:2])] for found in (before, after)]
    return [*hooks[0], rest, *hooks[1]]


def proceed(world: World, make: Callable[[int, Mapping[str, Any]], None], now: float) -> float | None:
    """Make what is due; the answer is when to look again, None when all is made and ready, or the install has ended."""
    own = world.kept(Install)
    state = _state(world, own.waits_for)
    if state.startswith("failed"):
        _end(world, own, f"{state.removeprefix('failed ')} failed")
        return None
    if state != "done":
        if now - own.since >= TIMEOUT:
            _end(world, own, f"{state} was waited for {TIMEOUT:.0f} s, helm's own timeout")
            return None
        return now + LOOKS_EVERY
    if not own.stages:
        return None
    own.waits_for, own.since = own.stages.pop(0), now
    for number, manifest in own.waits_for:
        make(number, manifest)
    return now + LOOKS_EVERY


def _end(world: World, own: Install, why: str) -> None:
    left = sum(len(stage) for stage in own.stages)
    own.stages.clear()
    what = "1 object of the chart was not made" if left == 1 else f"{left} objects of the chart were not made"
    world.timeline.notes.append(f"{world.now:.0f} s: the install ended: {why}{f'; {what}' if left else ''}")


def _state(world: World, made: Sequence[Given]) -> str:
    """`done`, `failed NAME`, or what is not ready yet."""
    for _, manifest in made:
        metadata = manifest.get("metadata") or {}
        kind = str(manifest.get("kind"))
        found = world.find(kind, str(metadata.get("namespace") or "default"), str(metadata.get("name")))
        if found is None:
            continue  # a kind that is not played, or an object that was refused
        called = f"{kind} {metadata.get('name')}"
        hook = _EVENT in (metadata.get("annotations") or {})
        state = _hook_state(found) if hook else ("done" if _is_ready(found) else "waits")
        if state != "done":
            return f"failed {called}" if state == "failed" else called
    return "done"


def _hook_state(obj: StoredObject) -> str:
    """How a hook stands: Jobs and Pods are waited for, everything else is done when it is made."""
    if obj.kind == "Job":
        finished = obj.state.finished if obj.state is not None else ""
        return {"Complete": "done", "Failed": "failed"}.get(finished, "waits")
    if isinstance(obj, StoredPod):
        return {"Succeeded": "done", "Failed": "failed"}.get(obj.phase, "waits")
    return "done"


def _is_ready(obj: StoredObject) -> bool:
    """Whether Helm takes an object for ready; Jobs are not waited for without --wait-for-jobs."""
    if isinstance(obj, StoredPod):
        return obj.ready
    if obj.kind == "PersistentVolumeClaim":
        return storage.state(obj).phase == "Bound"
    if obj.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
        return True
    if obj.state is None:
        return False
    if obj.kind == "Deployment":
        missing = rollouts.of_deployment(obj.spec["strategy"], obj.spec["replicas"])[1]
        return bool(obj.state.ready >= obj.spec["replicas"] - missing)
    strategy, status = obj.spec["updateStrategy"], obj.state.status
    if strategy["type"] != "RollingUpdate":
        return True  # Helm waits for nothing of these
    if obj.kind == "StatefulSet":
        return bool(status.ready >= obj.spec["replicas"])
    return bool(status.ready >= status.desired - rollouts.of_daemonset(strategy, status.desired)[1])


def _weight(value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0
