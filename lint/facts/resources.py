"""What a pod asks for: sums of requests and limits, and the QoS class. Amounts are whole thousandths of a unit (1 CPU
= 1000).

Follows component-helpers/resource (PodRequests, PodLimits) and pkg/apis/core/v1/helper/qos.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values import quantity
from kubetrial.lint.values.remembered import remembered

Amounts = dict[str, int]


@remembered(4096)
def thousandths(written: str | int | float) -> int:
    """A quantity ("500m", "2Gi", 3) in thousandths, rounded up; 0 for what is not a quantity (the API server refuses
    it).
    """
    try:
        return quantity.parse(written).milli_value()
    except ValueError:
        return 0


def amounts(written: Mapping[str, Any] | None) -> Amounts:
    """A resource list as amounts."""
    return {k: thousandths(v) for k, v in written.items() if v is not None} if written else {}


def pod_sum(spec: Mapping[str, Any], which: str) -> Amounts:
    """The effective `requests` or `limits` of a pod: of its containers, of the pod level where it is set, and the
    overhead.
    """
    total = containers_sum(spec, which)
    for name, amount in amounts((spec.get("resources") or {}).get(which)).items():
        if pod_level(name):
            total[name] = amount
    for name, amount in amounts(spec.get("overhead")).items():
        if which == "requests" or name in total:
            total[name] = total.get(name, 0) + amount
    return total


def containers_sum(spec: Mapping[str, Any], which: str) -> Amounts:
    """Containers and native sidecars add up; the largest init container (with the sidecars before it) counts where it
    is more.
    """
    total: Amounts = {}
    for c in spec.get("containers") or ():
        _add(total, amounts((c.get("resources") or {}).get(which)))
    sidecars: Amounts = {}
    largest: Amounts = {}
    for c in spec.get("initContainers") or ():
        own = amounts((c.get("resources") or {}).get(which))
        if c.get("restartPolicy") == "Always":
            _add(total, own)
            _add(sidecars, own)
            own = dict(sidecars)
        else:
            _add(own, sidecars)
        for name, amount in own.items():
            largest[name] = max(largest.get(name, 0), amount)
    for name, amount in largest.items():
        total[name] = max(total.get(name, 0), amount)
    return total


def pod_level(name: str) -> bool:
    """Whether a resource can be set for a pod as a whole."""
    return name in ("cpu", "memory") or name.startswith("hugepages-")


def has_pod_level(spec: Mapping[str, Any]) -> bool:
    """Whether a pod sets resources as a whole."""
    own = spec.get("resources") or {}
    return any(pod_level(name) for which in ("requests", "limits") for name in own.get(which) or ())


def with_pod_level(spec: dict[str, Any]) -> dict[str, Any]:
    """A pod's spec with its pod-level resources completed from its containers (DefaultPodLevelResources); unchanged
    without any.
    """
    own = spec.get("resources") or {}
    if not own.get("requests") and not own.get("limits"):
        return spec
    requests, limits = amounts(own.get("requests")), amounts(own.get("limits"))
    asked, bounded = containers_sum(spec, "requests"), containers_sum(spec, "limits")
    for name, amount in bounded.items():
        if name.startswith("hugepages-") and name not in requests:
            limits.setdefault(name, amount)
    for name, amount in asked.items():
        if name in ("cpu", "memory"):
            requests.setdefault(name, amount)
    for name, amount in limits.items():
        if pod_level(name):
            requests.setdefault(name, amount)
    every = [c for group in ("containers", "initContainers") for c in spec.get(group) or ()]
    for name, amount in requests.items():
        if name in limits or not pod_level(name):
            continue
        if all(name in ((c.get("resources") or {}).get("limits") or {}) for c in every):
            limits[name] = max(amount, bounded.get(name, 0))
    return {**spec, "resources": {**own, "requests": _written(requests), "limits": _written(limits)}}


def _written(found: Amounts) -> dict[str, str]:
    return {name: f"{amount}m" for name, amount in found.items()}


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount


def qos_class(spec: Mapping[str, Any]) -> str:
    """Guaranteed, Burstable or BestEffort; pod-level resources decide alone where they are set."""
    if has_pod_level(spec):
        return _qos(spec["resources"])
    found = {_qos(c.get("resources") or {}) for g in ("initContainers", "containers") for c in spec.get(g) or ()}
    return found.pop() if len(found) == 1 else ("Burstable" if found else "BestEffort")


def _qos(resources: Mapping[str, Any]) -> str:
    requests, limits = amounts(resources.get("requests")), amounts(resources.get("limits"))
    found = set()
    for name in ("cpu", "memory"):
        request, limit = requests.get(name, 0), limits.get(name, 0)
        found.add("Burstable" if request != limit else "Guaranteed" if request else "BestEffort")
    return found.pop() if len(found) == 1 else "Burstable"
