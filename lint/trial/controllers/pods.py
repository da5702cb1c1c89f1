"""What the controllers of pods have in common: whose a pod is, when it will be available, shares of a number.

Follows pkg/controller/controller_ref_manager.go and controller_utils.go, IsPodAvailable in pkg/api/v1/pod, and
apimachinery's util/intstr.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kubetrial.lint.facts import selectors
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.objects import StoredObject, StoredPod
from kubetrial.lint.trial.world import World

_TICK = 1e-6

FIRST_BATCH = 1
"""How many creations are tried first; each batch without an error doubles the next (SlowStartInitialBatchSize)."""


def claim(
    world: World,
    owner: StoredObject,
    belongs: Callable[[StoredPod], bool] | None = None,
    among: Callable[[StoredPod], bool] | None = None,
) -> list[StoredPod]:
    """The pods that an object controls, in order of creation (PodControllerRefManager.ClaimPods).

    Those that no longer match its selector are let go, orphans that match are adopted. `belongs` is one more condition,
    such as the form of the name; pods that `among` leaves out are neither looked at nor answered.
    """
    selector = owner.spec.get("selector")

    def matches(pod: StoredPod) -> bool:
        return selectors.matches(selector, pod.labels) and (belongs is None or belongs(pod))

    mine: list[StoredPod] = []
    for pod in world.children(owner, "Pod"):
        if among is not None and not among(pod):
            continue
        if matches(pod):
            mine.append(pod)
        elif owner.deleting is None:
            world.orphan(pod)
    if owner.deleting is None:
        for pod in world.orphans(owner.namespace):
            if pod.deleting is None and (among is None or among(pod)) and matches(pod):
                world.adopt(owner, pod)
                mine.append(pod)
    return mine


def available(pod: StoredPod, now: float, min_ready: float) -> bool:
    """Ready for `min_ready` seconds, counted from the whole second in which it became ready: the API keeps no other."""
    return pod.ready and (min_ready <= 0 or _whole(pod.ready_changed) + min_ready <= now + _TICK)


def next_available(pods: Iterable[StoredPod], now: float, min_ready: float) -> float | None:
    """The moment at which the next ready pod becomes available; None when there is none to wait for."""
    due = [_whole(p.ready_changed) + min_ready for p in pods if p.ready and not available(p, now, min_ready)]
    return min(due, default=None)


def _whole(second: float) -> float:
    return math.floor(second + _TICK)


def slow_start(count: int, create: Callable[[int], object]) -> tuple[int, AdmissionRefused | None]:
    """Call `create` for 0 .. count-1 in batches of 1, 2, 4 ... until one of a batch is refused (slowStartBatch).

    The answer is how many succeeded, and the first refusal. Creations of one batch run together upstream, so all of it
    is tried.
    """
    done = position = 0
    batch = min(count, FIRST_BATCH)
    while batch > 0:
        first: AdmissionRefused | None = None
        for i in range(position, position + batch):
            try:
                create(i)
                done += 1
            except AdmissionRefused as refused:
                first = first or refused
        if first is not None:
            return done, first
        position += batch
        batch = min(2 * batch, count - position)
    return done, None


def earliest(*moments: float | None) -> float | None:
    """The first of several moments, None meaning never."""
    first = min((m for m in moments if m is not None), default=math.inf)
    return None if first == math.inf else first


def same_template(one: Mapping[str, Any], other: Mapping[str, Any], ignore: str = "") -> bool:
    """Whether two pod templates say the same, apart from one label (EqualIgnoreHash)."""
    if one is other:
        return True
    if one.get("spec") != other.get("spec"):
        return False
    a, b = one.get("metadata") or {}, other.get("metadata") or {}
    return _without(a, ignore) == _without(b, ignore)


def _without(metadata: Mapping[str, Any], label: str) -> dict[str, Any]:
    labels = {k: v for k, v in (metadata.get("labels") or {}).items() if k != label}
    rest = {k: v for k, v in metadata.items() if k not in ("labels", "creationTimestamp") and v}
    return {**rest, "labels": labels}


class Revisions:
    """The templates that an object has had, numbered in the order in which they came: a controller's own history.

    An old template that comes back is the old revision again. Upstream deletes old revisions beyond
    revisionHistoryLimit, which only shows in what `kubectl rollout undo` can reach.
    """

    __slots__ = ("templates",)

    def __init__(self) -> None:
        self.templates: list[Mapping[str, Any]] = []

    def name(self, template: Mapping[str, Any]) -> str:
        """The name of a template's revision; a new template gets the next one."""
        for n, known in enumerate(self.templates, 1):
            if same_template(known, template):
                return f"rev-{n}"
        self.templates.append(template)
        return f"rev-{len(self.templates)}"

    def template(self, name: str) -> Mapping[str, Any]:
        """The template of a revision."""
        return self.templates[int(name.rpartition("-")[2]) - 1]
