"""A ReadWriteOnce claim that pods on several nodes want.

ReadWriteOnce means one node at a time. Replicas, or the old and the new pod of a rolling update, that land on different nodes fight for the
volume: the second one stays in ContainerCreating ("Multi-Attach error"), a rolling update with maxUnavailable 0 never ends, and a
DaemonSet works on one node only. With ReadWriteOncePod the scheduler refuses the second pod on any node.

For one replica use `strategy.type: Recreate`; for several a ReadWriteMany class, or a StatefulSet with a claim for each pod.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

import math
from typing import Any

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import DaemonSet, Deployment, PersistentVolumeClaim
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.RISKY)
def check(workload: Deployment | DaemonSet, cluster: Cluster) -> Findings:
    """Claims of the set that are mounted by more pods than their access mode allows."""
    for volume in workload.pod["volumes"].items():
        source = volume["persistentVolumeClaim"]
        if not source.present or source.get("readOnly") is True:
            continue
        claim = cluster.get("", "PersistentVolumeClaim", workload.namespace, str(source.get("claimName")))
        if not isinstance(claim, PersistentVolumeClaim):
            continue
        modes = set(claim["spec"].get("accessModes", ()))
        if not modes or modes - {"ReadWriteOnce", "ReadWriteOncePod"} or kept_on_one_node(workload):
            continue
        problem = too_many(workload)
        if problem:
            yield source["claimName"].found(
                f"{problem} share the claim {claim.name}, which is {' and '.join(sorted(modes))}",
                consequence="a pod on another node than the first stays in ContainerCreating with a Multi-Attach error",
                help="write strategy.type: Recreate for one replica; for more use ReadWriteMany or a StatefulSet"
                if workload.kind == "Deployment"
                else "use a hostPath or local volume, or a class with ReadWriteMany",
                related=(("the claim", claim["spec"]["accessModes"]),),
            )


def too_many(workload: Deployment | DaemonSet) -> str:
    """Which pods exist at the same time, when there can be more than one."""
    if workload.kind == "DaemonSet":
        return "the pods on all nodes"
    replicas = workload.spec.get("replicas", 1)
    if replicas > 1:
        return f"{replicas} replicas"
    strategy = workload.spec["strategy"]
    if replicas < 1 or strategy.get("type") == "Recreate":
        return ""
    unavailable = strategy["rollingUpdate"].get("maxUnavailable", "25%")
    if rounded_down(unavailable, replicas) >= 1:
        return ""
    return "the old and the new pod of a rolling update"


def rounded_down(value: Any, total: int) -> int:
    """maxUnavailable as a number; percentages round down."""
    if isinstance(value, int):
        return value
    digits = str(value).rstrip("%")
    return math.floor(int(digits) * total / 100) if digits.isdigit() else 0


def kept_on_one_node(workload: Deployment | DaemonSet) -> bool:
    """Whether the template pins its pods to one node by name, or to one another."""
    pod = workload.pod
    if pod.get("nodeName") or "kubernetes.io/hostname" in pod["nodeSelector"].mapping():
        return True
    affinity = pod.at("affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return any(term.get("topologyKey") == "kubernetes.io/hostname" for term in affinity.items())
