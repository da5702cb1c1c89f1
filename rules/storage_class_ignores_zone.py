"""A class of zonal disks that binds at once, for pods that are kept to zones.

A disk of a cloud stands in one zone. With `volumeBindingMode: Immediate`, the default, it is made as soon as the claim
is, in any zone; pods that may run in one zone only, or are spread over zones, cannot follow it and stay Pending
("volume node affinity conflict").

Write `volumeBindingMode: WaitForFirstConsumer`: the disk is made where the pod goes. Or restrict the class by
allowedTopologies to the zone of the pods.

See https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Node,
    PodSpec,
    StatefulSet,
    StorageClass,
    Workload,
    is_sure,
    named,
    rule,
)
from kubetrial.lint.objects.pod_terms import affinity_terms, spread_constraints

_ZONAL = frozenset(
    (
        "ebs.csi.aws.com", "kubernetes.io/aws-ebs", "ebs.csi.eks.amazonaws.com", "pd.csi.storage.gke.io", "kubernetes.io/gce-pd",
        "disk.csi.azure.com", "kubernetes.io/azure-disk", "cinder.csi.openstack.org", "kubernetes.io/cinder",
        "diskplugin.csi.alibabacloud.com", "vpc.block.csi.ibm.io", "blockvolume.csi.oraclecloud.com", "disk-csi-driver.mks.ycloud.io",
        "csi.hetzner.cloud", "csi.exoscale.com", "block.csi.scaleway.com", "csi.scaleway.com",
    )
)  # fmt: skip
"""Provisioners whose volumes belong to one zone."""
_KEYS = frozenset(
    ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone", "topology.gke.io/zone", "topology.ebs.csi.aws.com/zone")
)  # fmt: skip


@rule(Category.RISKY, needs=("provisioner",))
def check(storage_class: StorageClass, cluster: Cluster) -> Findings:
    """Zonal provisioners with Immediate, and pods with claims of the class that ask for a zone or are spread over zones."""
    if (
        storage_class.get("provisioner") not in _ZONAL
        or storage_class.get("volumeBindingMode", "Immediate") != "Immediate"
    ):
        return
    if "regional" in str(storage_class["parameters"].mapping()).lower():
        return  # a disk of two zones
    allowed = _allowed(storage_class)
    for workload in cluster.once(_kept_workloads):
        if not _mounts(workload, storage_class, cluster) or not is_sure(cluster, storage_class, workload):
            continue
        for place, zones in _kept_to(workload.pod):
            if allowed and zones and allowed <= zones:
                continue
            mode = storage_class["volumeBindingMode"]
            yield (mode if mode.present else storage_class["provisioner"]).found(
                f"the class {storage_class.name} makes disks of one zone and binds at once (Immediate), in any zone; "
                f"{workload.kind} {workload.name} is {'kept to its zone' if zones else 'spread over zones'}",
                consequence="a pod cannot follow its disk into another zone: it stays Pending, volume node affinity conflict",
                help="write volumeBindingMode: WaitForFirstConsumer",
                related=(("how the pods are kept to zones", place), named(workload)),
            )
            return


def _allowed(storage_class: StorageClass) -> set[str]:
    """The zones of allowedTopologies."""
    expressions = (e for t in storage_class["allowedTopologies"].items() for e in t["matchLabelExpressions"].items())
    return {str(value) for e in expressions if e.get("key") in _KEYS for value in e.get("values", []) or []}


_KEEPS = frozenset(("nodeSelector", "affinity", "topologySpreadConstraints"))


def _kept_workloads(cluster: Cluster) -> list[Workload]:
    """The workloads that something keeps to zones."""
    return [
        workload
        for workload in cluster.all(Workload)
        if not _KEEPS.isdisjoint(workload.pod.mapping()) and any(_kept_to(workload.pod))
    ]


def _mounts(workload: Workload, storage_class: StorageClass, cluster: Cluster) -> bool:
    """Whether its pods have a claim of the class."""
    claims = [v["persistentVolumeClaim"].get("claimName") for v in workload.pod["volumes"].items()]
    found = [cluster.get("", "PersistentVolumeClaim", workload.namespace, str(name)) for name in claims if name]
    specs = [claim["spec"] for claim in found if claim is not None]
    specs += [v["ephemeral"]["volumeClaimTemplate"]["spec"] for v in workload.pod["volumes"].items()]
    if isinstance(workload, StatefulSet):
        specs += [template["spec"] for template in workload.spec["volumeClaimTemplates"].items()]
    default = storage_class.annotations.get("storageclass.kubernetes.io/is-default-class") in ("true", True)
    return any(
        spec.get("storageClassName", storage_class.name if default else None) == storage_class.name for spec in specs
    )


def _kept_to(pod: PodSpec) -> Iterator[tuple[Node, set[str]]]:
    """(the place, the zones; none: any) of what keeps pods to zones for certain."""
    for field in pod["nodeSelector"].fields():
        if field.key in _KEYS:
            yield field, {str(field.value)}
    required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    for term in required["nodeSelectorTerms"].items():
        for expression in term["matchExpressions"].items():
            if expression.get("key") in _KEYS and expression.get("operator") == "In":
                yield expression["key"], {str(value) for value in expression.get("values", []) or []}
    for constraint in spread_constraints(pod):
        if constraint.get("topologyKey") in _KEYS and constraint.get("whenUnsatisfiable") != "ScheduleAnyway":
            yield constraint["topologyKey"], set()
    for term, is_required in affinity_terms(pod, "podAntiAffinity"):
        if is_required and term.get("topologyKey") in _KEYS:
            yield term["topologyKey"], set()
