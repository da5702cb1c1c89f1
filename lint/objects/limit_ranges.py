"""Resources of containers with what a LimitRange of their namespace fills in."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import LimitRange, PodSpec


def with_limit_range(pod: PodSpec, cluster: Cluster) -> dict[str, Any]:
    """The pod's spec with the container defaults of its namespace's LimitRanges filled in."""
    spec = dict(pod.mapping())
    for limit_range in cluster.beside(pod.owner, LimitRange):
        for limit in limit_range["spec"]["limits"].items():
            if limit.get("type") == "Container":
                for group in ("initContainers", "containers"):
                    if isinstance(spec.get(group), list):
                        spec[group] = [
                            filled(c, limit.get("default", {}), limit.get("defaultRequest", {})) for c in spec[group]
                        ]
    return spec


def filled(container: Any, limits: dict[str, Any], requests: dict[str, Any]) -> Any:
    """A container with the defaults of a LimitRange."""
    if not isinstance(container, dict):
        return container
    own = container.get("resources") or {}
    given = {**limits, **(own.get("limits") or {})}
    asked = {**given, **requests, **(own.get("limits") or {}), **(own.get("requests") or {})}
    return {**container, "resources": {**own, "limits": given, "requests": asked}}
