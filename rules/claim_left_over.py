"""A claim of a StatefulSet's pod that does not exist any more.

Claims outlive the pods that they were made for: after a scale-down, or when the set itself is gone, the claim and its disk stay. A later
scale-up or a new set of the same name uses the old data again.

Remove the claim when its data is not needed, or set `persistentVolumeClaimRetentionPolicy` on the set.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Cluster, Findings, PersistentVolumeClaim, StatefulSet, is_sure, rule
from kubetrial.lint.values.digits import whole


@rule(Category.RISKY)
def check(claim: PersistentVolumeClaim, cluster: Cluster) -> Findings:
    """The name is that of a claim template, a set and an ordinal, and the ordinal is outside of the set's."""
    match = re.fullmatch(r"(.+)-([0-9]+)", claim.name)
    if match is None or claim.parent is not None or not cluster.complete:
        return
    for statefulset in _sets_of(cluster, match.group(1), claim.namespace or "default"):
        if not is_sure(cluster, claim, statefulset):
            continue
        for template in statefulset.spec["volumeClaimTemplates"].items():
            if match.group(1) != f"{template['metadata'].get('name')}-{statefulset.name}":
                continue
            first = statefulset.spec["ordinals"].get("start", 0)
            if claim.name in cluster.claims_of(claim.namespace or "default"):
                return
            if not first <= (whole(match.group(2)) or 0) < first + statefulset.replicas:
                last = first + statefulset.replicas - 1
                yield claim["metadata"]["name"].found(
                    f"the claim {claim.name} is left over: {statefulset.name} has the ordinals {first} to {last}"
                    if last >= first
                    else f"the claim {claim.name} is left over: {statefulset.name} has no replicas",
                    consequence="its disk stays, and its old data is used again when the set grows to that ordinal",
                    help="remove it when its data is not needed, or raise replicas",
                    related=(("the StatefulSet", statefulset["metadata"]["name"]),),
                )
            return


def _sets_of(cluster: Cluster, stem: str, namespace: str) -> list[StatefulSet]:
    """The StatefulSets of a namespace that make claims called `<stem>-<ordinal>`."""
    return cluster.once(_by_their_claims).get((namespace, stem), [])


def _by_their_claims(cluster: Cluster) -> dict[tuple[str, str], list[StatefulSet]]:
    known: dict[tuple[str, str], list[StatefulSet]] = {}
    for statefulset in cluster.all(StatefulSet):
        for template in statefulset.spec["volumeClaimTemplates"].items():
            made = f"{template['metadata'].get('name')}-{statefulset.name}"
            known.setdefault((statefulset.namespace or "default", made), []).append(statefulset)
    return known
