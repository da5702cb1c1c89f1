"""A claim that no workload of the set mounts.

The claim is bound or waits for a pod that never comes; a bound one keeps its disk, which is paid for. Often the name in a pod's
`claimName` is misspelt, and that pod stays Pending.

Claims are often made for pods of other places, or for people to try out. So one is said where the set shows that a pod was meant to
mount it: a pod mounts a name that is a slip away, or the claim stands beside workloads in one file or kustomization, or in one folder
with a workload whose name has a word in common.

Mount the claim, correct the name, or remove the claim. A claim for something outside of these manifests can be listed in the
configuration (`external`) or ignored with a reason.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume
"""

from __future__ import annotations

import re
from collections import Counter

from kubetrial.lint.authoring import (
    MOST_NAMES,
    Category,
    Cluster,
    Findings,
    Neighbours,
    PersistentVolumeClaim,
    Workload,
    folder_of,
    is_open,
    place,
    rule,
    slip,
    words,
)


@rule(Category.RISKY)
def check(claim: PersistentVolumeClaim, cluster: Cluster) -> Findings:
    """In a complete set with workloads in the claim's namespace: no pod mounts it, and no StatefulSet makes its name."""
    if claim.parent is not None or not cluster.complete or not claim["metadata"].get("name"):
        return
    mine = claim.namespace or "default"
    if not cluster.beside(claim, Workload) or cluster.exists_outside("PersistentVolumeClaim", claim.name):
        return  # nothing here could mount it: its users are somewhere else
    if (
        claim.name in cluster.claims_of(mine)
        or belongs_to_a_set(claim, cluster)
        or cluster.is_referenced(claim)
        or is_cloned(claim, cluster)
        or is_open(cluster, claim)
    ):
        return
    close = slip(claim.name, _without_claim(cluster, mine))
    if close is None and not (cluster.closed_world or is_meant_for_a_pod(claim, cluster)):
        return
    yield claim["metadata"]["name"].found(
        f"no workload of these manifests mounts the claim {claim.name}",
        consequence="the claim and its disk stay unused, and are paid for",
        help=f"a pod mounts `{close}`: write the same name in both places" if close else "mount it, or remove it",
    )


def is_meant_for_a_pod(claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether it is an empty claim that is applied together with workloads, or named like one in its folder.

    What shows how to restore data is often for itself.
    """
    if claim["spec"].get("dataSource") or claim["spec"].get("dataSourceRef"):
        return False
    space = claim.namespace or "default"
    if any(True for _ in cluster.once(_workloads).applied_with(claim, space)):
        return True
    return not words(claim.name).isdisjoint(_names_beside(claim, cluster))


def _names_beside(claim: PersistentVolumeClaim, cluster: Cluster) -> set[str]:
    """The words in the names of the workloads of a claim's namespace and folder; a word of many tells what the folder is about."""
    place_of_claim = (folder_of(claim), place(cluster, claim), claim.namespace or "default")
    return cluster.once(_words_of_workloads).get(place_of_claim, set())


def _workloads(cluster: Cluster) -> Neighbours[Workload]:
    return Neighbours(cluster, ((workload.namespace or "default", workload) for workload in cluster.all(Workload)))


def _words_of_workloads(cluster: Cluster) -> dict[tuple[str, str, str], set[str]]:
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for workload in cluster.all(Workload):
        key = (folder_of(workload), place(cluster, workload), workload.namespace or "default")
        counts.setdefault(key, Counter()).update(words(workload.name))
    return {key: {word for word, count in found.items() if count <= 2} for key, found in counts.items()}


def is_cloned(claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether another claim is made from it."""
    return (claim.namespace or "default", claim.name) in cluster.once(_cloned)


def _cloned(cluster: Cluster) -> set[tuple[str, str]]:
    cloned = set()
    for other in cluster.all(PersistentVolumeClaim):
        for field in ("dataSource", "dataSourceRef"):
            source = other["spec"][field]
            if source.get("kind") == "PersistentVolumeClaim" and isinstance(source.get("name"), str):
                cloned.add((other.namespace or "default", source.get("name")))
    return cloned


def belongs_to_a_set(claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether its name is the name of a claim template, a StatefulSet's name and an ordinal: claim-left-over judges those."""
    match = re.fullmatch(r"(.+)-\d+", claim.name)
    return match is not None and cluster.claim_template(match.group(1), claim.namespace or "default") is not None


def _known_without_claim(_: Cluster) -> dict[str, list[str]]:
    """A namespace -> the claims that its pods mount and nothing makes."""
    return {}


def _without_claim(cluster: Cluster, namespace: str) -> list[str]:
    """The names of claims that pods of a namespace mount and that are not in the set; of very many the first ones."""
    known = cluster.once(_known_without_claim)
    if namespace not in known:
        mounted = cluster.claims_of(namespace)
        gone = sorted(n for n in mounted if cluster.get("", "PersistentVolumeClaim", namespace, n) is None)
        known[namespace] = gone[:MOST_NAMES]
    return known[namespace]
