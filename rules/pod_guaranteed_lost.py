"""A pod that is meant to be Guaranteed, and is not because of one container.

A pod is Guaranteed when every container has cpu and memory limits with requests equal to them: init containers and
sidecars count. One init container without resources makes the pod Burstable: it is killed and evicted before
Guaranteed ones, and the CPU manager gives it no cores of its own.

Give the remaining container limits too (for init containers they cost nothing: the largest counts, not the sum).

See https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/#guaranteed
"""

from __future__ import annotations

from kubetrial.lint.api import defaults
from kubetrial.lint.authoring import Category, Cluster, Container, Findings, PodSpec, rule
from kubetrial.lint.facts.resources import qos_class
from kubetrial.lint.objects.limit_ranges import with_limit_range


@rule(Category.RISKY, needs=("initContainers",))
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """All ordinary containers are Guaranteed by themselves, and an init container or sidecar is not."""
    if not pod.get("initContainers") or pod.get("resources") or pod.owner.kind in ("DaemonSet", "Job", "CronJob"):
        return
    if not all((c.get("resources") or {}).get("limits") for c in pod.containers()):
        return
    if pod.get("priorityClassName") == "system-node-critical":
        return  # not evicted, and killed as late as Guaranteed ones
    spec = defaults.pod(with_limit_range(pod, cluster))
    if qos_class({**spec, "initContainers": []}) != "Guaranteed" or qos_class(spec) == "Guaranteed":
        return
    culprits: list[Container] = []
    for written, filled in zip(pod.init_containers(), spec["initContainers"], strict=True):
        if qos_class({"containers": [filled]}) != "Guaranteed":
            culprits.append(written)
    if culprits:
        first = culprits[0]
        what = "sidecar" if first.is_sidecar else "init container"
        yield (first["resources"] if first["resources"].present else first["name"]).found(
            f"the {what} {first.name} makes this pod Burstable; its other containers are Guaranteed",
            consequence="when the node runs short of memory, its processes are killed before those of Guaranteed pods",
            help="give it cpu and memory limits, with requests equal to them or left out",
        )
