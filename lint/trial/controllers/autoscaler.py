"""The HorizontalPodAutoscaler's controller: keeps a target between its bounds, and says when it cannot compute anything.

Follows reconcileAutoscaler and calculateRequests in pkg/controller/podautoscaler. What pods use is not in a manifest: it is taken to
be what the autoscaler aims at, so that nothing is scaled for it unless the scenario tells of load (its verb `load`, see
scaling.py); the bounds, scaling that is switched off by 0 replicas, and a missing request are seen. It looks every 15 seconds,
as `--horizontal-pod-autoscaler-sync-period` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.facts import selectors
from kubetrial.lint.trial import scaling
from kubetrial.lint.trial.objects import TERMINAL, StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World

NAME = "horizontal-pod-autoscaler"
PERIOD = 15.0
TARGETS = ("Deployment", "StatefulSet", "ReplicaSet")


def sync(world: World, key: int, now: float) -> float | None:
    """One look at an autoscaler's target."""
    autoscaler: StoredObject | None = world.get(key)
    if autoscaler is None or autoscaler.deleting is not None:
        return None
    if now < autoscaler.created + PERIOD:
        return autoscaler.created + PERIOD
    reference = autoscaler.spec.get("scaleTargetRef") or {}
    kind, name = reference.get("kind"), reference.get("name")
    target: StoredObject | None = world.find(str(kind), autoscaler.namespace, str(name)) if kind in TARGETS else None
    if target is not None and target.deleting is None:
        _reconcile(world, autoscaler, target, now)
    return now + PERIOD


def _reconcile(world: World, autoscaler: StoredObject, target: StoredObject, now: float) -> None:
    least, most = autoscaler.spec.get("minReplicas", 1), autoscaler.spec.get("maxReplicas")
    replicas = target.spec.get("replicas", 1)
    if not isinstance(least, int) or not isinstance(most, int) or not isinstance(replicas, int):
        return
    past = _past(world, autoscaler)
    if not past.recommended:
        past.recommended.append(
            (now, replicas)
        )  # recordInitialRecommendation: what it finds holds for the first window
    if replicas == 0 and least != 0:
        return  # ScalingDisabled: somebody has switched the target off
    wanted = min(max(replicas, least), most)
    if wanted != replicas:
        below = wanted > replicas
        field = "minReplicas" if below else "maxReplicas"
        why = f"Current number of replicas {'below Spec.MinReplicas' if below else 'above Spec.MaxReplicas'}"
        world.event(
            target,
            "autoscaled",
            {"replicas": wanted},
            cause=autoscaler.cause(field),
            message=f"New size: {wanted}; reason: {why}",
        )
        world.patch(target, {"spec": {"replicas": wanted}})
        past.changed.append((now, wanted - replicas))
        return
    if not _says_what_is_missing(world, autoscaler, target):
        _follow(world, autoscaler, target, replicas, now)


def _says_what_is_missing(world: World, autoscaler: StoredObject, target: StoredObject) -> bool:
    """Whether a request is missing, without which nothing can be computed; it is said once."""
    for resource in _utilized(autoscaler.spec):
        missing = _without_request(world, target, resource)
        if missing is not None:
            container, pod = missing
            world.event_once(
                target,
                "FailedGetResourceMetric",
                {"reason": resource},
                cause=autoscaler.cause("scaleTargetRef"),
                message=f"failed to get {resource} utilization: missing request for {resource} in container {container} of "
                f"Pod {pod.subject}",
            )
            return True
    return False


def _follow(world: World, autoscaler: StoredObject, target: StoredObject, replicas: int, now: float) -> None:
    """Scale for the load that the scenario tells of."""
    if not any(action.verb == "load" for action in world.scenario.actions):
        return
    loads = world.kept(scaling.Loads)
    load = loads.wanted.get((target.kind, target.namespace, target.name), replicas)
    past = _past(world, autoscaler)
    size, held = scaling.next_size(autoscaler.spec, replicas, load, past, now)
    if held:
        world.event_once(
            target,
            "ScalingLimited",
            {"reason": held},
            cause=autoscaler.cause("minReplicas" if held == "TooFewReplicas" else "maxReplicas"),
            message=f"the load asks for {load} pods: {_HELD[held]}",
        )
    if size == replicas:
        return
    direction = "above" if size > replicas else "below"
    world.event(
        target,
        "autoscaled",
        {"replicas": size},
        cause=autoscaler.cause("scaleTargetRef"),
        message=f"New size: {size}; reason: metrics {direction} target",
    )
    world.patch(target, {"spec": {"replicas": size}})
    past.changed.append((now, size - replicas))


_HELD = {
    "TooManyReplicas": "the desired replica count is more than the maximum replica count",
    "TooFewReplicas": "the desired replica count is less than the minimum replica count",
    "ScaleUpLimit": "the desired replica count is increasing faster than the maximum scale rate",
    "ScaleDownLimit": "the desired replica count is decreasing faster than the maximum scale rate",
    "ScaleUpStabilized": "recent recommendations were lower than current one, applying the lowest recent recommendation",
    "ScaleDownStabilized": "recent recommendations were higher than current one, applying the highest recent recommendation",
}


def _past(world: World, autoscaler: StoredObject) -> scaling.Past:
    """What an autoscaler remembers."""
    return world.kept(scaling.Loads).past.setdefault(autoscaler.uid, scaling.Past())


def _utilized(spec: Mapping[str, Any]) -> Iterator[str]:
    """The resources of whose requests the autoscaler wants a share, over all containers."""
    if isinstance(spec.get("targetCPUUtilizationPercentage"), int) or not spec.get("metrics"):
        yield "cpu"
    for metric in spec.get("metrics") or ():
        resource = metric.get("resource") if metric.get("type") == "Resource" else None
        if resource and (resource.get("target") or {}).get("type") == "Utilization":
            yield str(resource.get("name"))


def _without_request(world: World, target: StoredObject, resource: str) -> tuple[str, StoredPod] | None:
    """The first container without a request among the pods that the target's selector chooses, whoever they belong to."""
    selector = target.spec.get("selector") or {}
    for pod in world.all("Pod", target.namespace):
        if pod.phase in TERMINAL or pod.deleting is not None or not selectors.matches(selector, pod.labels):
            continue
        if ((pod.spec.get("resources") or {}).get("requests") or {}).get(resource) is not None:
            continue
        containers = [*(pod.spec.get("containers") or ())]
        containers += [c for c in pod.spec.get("initContainers") or () if c.get("restartPolicy") == "Always"]
        for container in containers:
            resources = container.get("resources") or {}
            if not any((resources.get(field) or {}).get(resource) is not None for field in ("requests", "limits")):
                return str(container.get("name")), pod
    return None


CONTROLLER = Controller(NAME, sync, kind="HorizontalPodAutoscaler", self_delay=PERIOD)
