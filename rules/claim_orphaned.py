"""A claim that no workload of the set mounts.

The claim is bound or waits for a pod that never comes; a bound one keeps its disk, which is paid for. Often the name in a pod's
`claimName` is misspelt, and that pod stays Pending.

Claims are often made for pods of other places, or for people to try out. So one is said where the set shows that a pod was meant to
mount it: a pod mounts a name that is a slip away, or the claim stands beside workloads in one file or kustomization.

Mount the claim, correct the name, or remove the claim. A claim for something outside of these manifests can be listed in the
configuration (`external`) or ignored with a reason.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume
"""

from __future__ import annotations

import re

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PersistentVolumeClaim, StatefulSet, Workload
from kubetrial.lint.node import Findings
from kubetrial.lint.references import applied_together, is_open
from kubetrial.lint.rule import rule
from kubetrial.lint.values.nearest import slip


@rule(Category.RISKY)
def check(claim: PersistentVolumeClaim, cluster: Cluster) -> Findings:
    """In a complete set with workloads in the claim's namespace: no pod mounts it, and no StatefulSet makes its name."""
    if claim.parent is not None or not cluster.complete or not claim["metadata"].get("name"):
        return
    mine = claim.namespace or "default"
    if not cluster.beside(claim, Workload) or cluster.exists_outside("PersistentVolumeClaim", claim.name):
        return  # nothing here could mount it: its users are somewhere else
    mounted = cluster.claims_of(mine)
    if (
        claim.name in mounted
        or belongs_to_a_set(claim, cluster)
        or cluster.is_referenced(claim)
        or is_cloned(claim, cluster)
        or is_open(cluster, claim)
    ):
        return
    close = slip(claim.name, [name for name in mounted if cluster.get("", "PersistentVolumeClaim", mine, name) is None])
    if close is None and not (cluster.closed or is_meant_for_a_pod(claim, cluster)):
        return
    yield claim["metadata"]["name"].found(
        f"no workload of these manifests mounts the claim {claim.name}",
        consequence="the claim and its disk stay unused, and are paid for",
        help=f"a pod mounts `{close}`: write the same name in both places" if close else "mount it, or remove it",
    )


def is_meant_for_a_pod(claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether it is an empty claim that is applied together with workloads: what shows how to restore data is often for itself."""
    if claim["spec"].get("dataSource") or claim["spec"].get("dataSourceRef"):
        return False
    return any(applied_together(cluster, claim, workload) for workload in cluster.beside(claim, Workload))


def is_cloned(claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether another claim is made from it."""
    for other in cluster.beside(claim, PersistentVolumeClaim):
        for field in ("dataSource", "dataSourceRef"):
            source = other["spec"][field]
            if source.get("kind") == "PersistentVolumeClaim" and source.get("name") == claim.name:
                return True
    return False


def belongs_to_a_set(claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether its name is the name of a claim template, a StatefulSet's name and an ordinal: claim-left-over judges those."""
    match = re.fullmatch(r"(.+)-\d+", claim.name)
    if match is None:
        return False
    for statefulset in cluster.beside(claim, StatefulSet):
        for template in statefulset.spec["volumeClaimTemplates"].items():
            if match.group(1) == f"{template['metadata'].get('name')}-{statefulset.name}":
                return True
    return False
