"""A DaemonSet whose pods are not Guaranteed, so they may be evicted before others.

When a node runs out of memory, the kubelet ranks pods by whether they use more than they request, then by priority, then by
how much more; what requests nothing is always over. A node agent that is evicted comes back to the same node and is evicted
again. A pod is Guaranteed when every container, init containers and sidecars included, has cpu and memory limits and
requests equal to them (limits alone are enough: requests default to them).

Pods of the class system-node-critical are never evicted and are killed as late as Guaranteed ones; without requests they get
cpu last all the same, and nothing is kept free for them. Of those this is information only. Pods of system-cluster-critical
are not evicted either, but are killed when memory runs out.

Set cpu and memory limits on every container, or give a LimitRange with defaults to the namespace.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.api import defaults
from kubetrial.lint.authoring import Category, Cluster, DaemonSet, Findings, Node, PodSpec, rule
from kubetrial.lint.facts.resources import has_pod_level, qos_class, with_pod_level
from kubetrial.lint.objects.limit_ranges import with_limit_range

_NEEDED = ("cpu", "memory")


@rule(Category.RISKY)
def check(daemonset: DaemonSet, cluster: Cluster) -> Findings:
    """The QoS class of its pods, after the defaults of LimitRanges in its namespace."""
    pod = daemonset.pod
    spec = with_pod_level(defaults.pod(with_limit_range(pod, cluster)))
    found = qos_class(spec)
    if found == "Guaranteed" or not pod.get("containers"):
        return
    best_effort = found == "BestEffort"
    lacking = "no container has requests or limits" if best_effort else "; ".join(lacks(spec))
    yield spoiler(pod, spec).found(
        f"pods of this DaemonSet are {found}: {lacking}",
        key=True,
        consequence=_HAPPENS.get(str(pod.get("priorityClassName")), _FIRST if best_effort else _OVER_REQUESTS),
        help="give every container cpu and memory limits (requests default to them)",
        level=level(found, pod, spec),
    )


def spoiler(pod: PodSpec, spec: dict[str, Any]) -> Node:
    """Where to write: the resources of the first container that keeps the pod from being Guaranteed."""
    if has_pod_level(spec):
        return pod["resources"]
    for group in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(group) or ()):
            if isinstance(container, dict) and not is_complete(container):
                resources = pod.at(group, index, "resources")
                limits, requests = resources["limits"], resources["requests"]
                if not limits.present:
                    return requests if requests.present else resources
                return limits if any(not limits.get(name) for name in _NEEDED) else requests
    return pod["containers"]


_FIRST = (
    "on a node that runs short of memory they are the first to be evicted or killed, and evicted again when they return"
)
_OVER_REQUESTS = (
    "on a node that runs short of memory they are evicted once they use more than they request, and killed before"
    " Guaranteed pods"
)
_HAPPENS = {
    "system-node-critical": "they are not evicted, but on a busy node they get cpu last, and the scheduler keeps too little free for them",
    "system-cluster-critical": "they are not evicted, but when a node runs out of memory they are killed before Guaranteed pods",
}
"""By class of priority: follows IsCriticalPod of the kubelet's eviction manager, and GetContainerOOMScoreAdjust."""


def level(found: str, pod: PodSpec, spec: dict[str, Any]) -> str:
    """A warning where nothing is given, or one container spoils it: a slip; requests below limits may be meant."""
    if pod.get("priorityClassName") == "system-node-critical":
        return "info"
    return "" if found == "BestEffort" or any(is_complete(c) for c in every_container(spec)) else "info"


def every_container(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Init containers and ordinary ones."""
    return [c for group in ("initContainers", "containers") for c in spec.get(group) or () if isinstance(c, dict)]


def is_complete(container: dict[str, Any]) -> bool:
    """Whether a container alone would make a Guaranteed pod."""
    resources = container.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    return all(limits.get(name) and requests.get(name, limits[name]) == limits[name] for name in _NEEDED)


def lacks(spec: dict[str, Any]) -> list[str]:
    """What each container lacks of being Guaranteed."""
    said = []
    for container in every_container(spec):
        resources = container.get("resources") or {}
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        missing = [name for name in _NEEDED if not limits.get(name)]
        if missing:
            said.append(f"{container.get('name')} has no limit for {' and '.join(missing)}")
            continue
        unequal = [name for name in _NEEDED if name in requests and requests[name] != limits[name]]
        if unequal:
            said.append(f"{container.get('name')} requests less {' and '.join(unequal)} than its limit")
    return said or ["the limits of the pod and of its containers differ from the requests"]
