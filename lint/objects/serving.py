"""What the rules about good practice ask of workloads: which containers serve, how many replicas there are, what is set."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kubetrial.lint.facts import kinds, limit_ranges
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Container, LimitRange, Object, PodSpec, Workload

_LASTING = frozenset((*kinds.RUNNING, "Pod"))


def containers(pod: PodSpec) -> Iterator[Container]:
    """The containers that serve a port for as long as their pod lives: not those of Jobs, and no init containers."""
    if pod.owner.kind not in _LASTING or pod.restart_policy != "Always":
        return
    for container in pod.containers():
        if container.get("ports"):
            yield container


def replicas(workload: Workload, cluster: Cluster) -> int:
    """How many pods a workload has: as written, or the least that an autoscaler of the set leaves (0 if not known)."""
    limits = cluster.once(_autoscalers).get((workload.namespace or "default", workload.kind, workload.name))
    if limits is not None:
        return limits
    written = workload.spec.get("replicas", 1)
    return written if isinstance(written, int) else 0


def scaled(workload: Workload, cluster: Cluster) -> bool:
    """Whether an autoscaler of the set decides on the number of pods."""
    return (workload.namespace or "default", workload.kind, workload.name) in cluster.once(_autoscalers)


def _autoscalers(cluster: Cluster) -> dict[tuple[str, str, str], int]:
    """(namespace, kind, name) of what is scaled -> minReplicas; KEDA's ScaledObjects count too."""
    found = {}
    for group, kind, field in (
        ("autoscaling", "HorizontalPodAutoscaler", "minReplicas"),
        ("keda.sh", "ScaledObject", "minReplicaCount"),
    ):
        for obj in cluster.kind(group, kind):
            target = obj["spec"]["scaleTargetRef"]
            least = obj["spec"].get(field, 1)
            key = (obj.namespace or "default", str(target.get("kind", "Deployment")), str(target.get("name")))
            found[key] = least if isinstance(least, int) else 1
    return found


def unset(container: Container, cluster: Cluster, names: Collection[str], fields: Collection[str]) -> list[str]:
    """The resources that a container has in none of the fields (`requests`, `limits`).

    What the whole pod sets and what a LimitRange of the set fills in counts too.
    """
    resources = container.value.get("resources") or {}
    missing = [name for name in names if not any(name in (resources.get(field) or ()) for field in fields)]
    if not missing:
        return []
    pod = container.pod
    of_pod = pod.get("resources", {})
    missing = [name for name in missing if not any(name in (of_pod.get(field) or ()) for field in fields)]
    if missing:
        defaults = _defaults(pod.owner, cluster, "requests" in fields)
        missing = [name for name in missing if name not in defaults]
    return missing


def _known_defaults(_: Cluster) -> dict[tuple[str, bool], set[str]]:
    """(namespace, whether for requests) -> the resources with a default."""
    return {}


def _defaults(obj: Object, cluster: Cluster, requests: bool) -> set[str]:
    """The resources for which a LimitRange of the namespace has a default."""
    known = cluster.once(_known_defaults)
    key = obj.namespace, requests
    if key not in known:
        found = known[key] = set()
        for limit_range in cluster.beside(obj, LimitRange):
            for item in limit_range["spec"]["limits"].items():
                if item.get("type") == "Container":
                    found.update(limit_ranges.defaults_of(item.mapping())[requests])
    return known[key]
