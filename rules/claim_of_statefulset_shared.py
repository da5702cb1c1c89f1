"""A workload that mounts the ReadWriteOnce claim of a StatefulSet's pod.

The claim `data-db-0` belongs to the pod `db-0`, and its volume is attached to the node of that pod. A second pod that
mounts it, such as one of a backup CronJob, hangs in ContainerCreating with "Multi-Attach error" wherever the scheduler
does not happen to put it on the same node.

Keep it on that node by a required podAffinity on kubernetes.io/hostname, back up over the network or from a volume
snapshot, or use a ReadWriteMany class.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Node,
    StatefulSet,
    Workload,
    is_sure,
    kept_on_one_node,
    rule,
)
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.pattern import pattern

_LOCAL = pattern(r"local|host-?path|no-provisioner|lvm|zfs", re.I)
"""Classes of volumes that are a part of one node: the scheduler takes every pod that mounts one there."""
_ONE_NODE = frozenset(("ReadWriteOnce", "ReadWriteOncePod"))


@rule(Category.RISKY, needs=("volumes",))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Claim names made of template, set and number; follows getPersistentVolumeClaimName and the attach-detach controller."""
    volumes = workload.pod.mapping().get("volumes")
    if not isinstance(volumes, list) or not any(
        isinstance(v, dict) and v.get("persistentVolumeClaim") for v in volumes
    ):
        return
    if not cluster.all(StatefulSet) or workload.spec.get("replicas") == 0:
        return
    if kept_on_one_node(workload) or cluster.profile.get("workers") == 1:
        return
    for volume in workload.pod["volumes"].items():
        name = volume["persistentVolumeClaim"]["claimName"]
        stem, _, ordinal = str(name.value or "").rpartition("-")
        number = whole(ordinal)
        found = cluster.claim_template(stem, workload.namespace) if number is not None else None
        if found is None or number is None or found[0].value is workload.value:
            continue
        statefulset, template = found
        modes = template["spec"].get("accessModes")
        first = statefulset.spec["ordinals"].get("start", 0)
        if not isinstance(first, int) or not first <= number < first + statefulset.replicas:
            continue
        if not isinstance(modes, list) or not modes or not _ONE_NODE.issuperset(map(str, modes)):
            continue
        if not is_sure(cluster, workload, statefulset) or _is_of_one_node(template, cluster):
            continue
        yield name.found(
            f"{workload.kind} {workload.name} mounts {name.value}, the claim of the pod {statefulset.name}-{ordinal}, "
            f"which is {' and '.join(map(str, modes))}",
            consequence="on another node than that pod it stays in ContainerCreating: FailedAttachVolume, a Multi-Attach error",
            help=(
                f"keep it on the node of {statefulset.name}-{ordinal} by a required podAffinity on kubernetes.io/hostname, "
                "or use ReadWriteMany"
            ),
            related=((f"the claim template of {statefulset.name}", template["spec"]["accessModes"]),),
        )


def _is_of_one_node(template: Node, cluster: Cluster) -> bool:
    name = str(template["spec"].get("storageClassName") or "")
    found = cluster.get("storage.k8s.io", "StorageClass", "", name) if name else None
    return bool(_LOCAL.search(name) or (found is not None and _LOCAL.search(str(found.get("provisioner", "")))))
