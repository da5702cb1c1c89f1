"""A StatefulSet that deletes data whenever its autoscaler scales it down.

With `whenScaled: Delete` the claim of each pod that is taken away is deleted, and the volume with it where the class
says reclaimPolicy Delete. An autoscaler does this at every quiet hour; the next scale-up starts with empty volumes.

Write `whenScaled: Retain`, or leave the autoscaler out.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, StatefulSet, named, rule
from kubetrial.lint.objects.autoscalers import autoscalers


@rule(Category.RISKY, needs=("persistentVolumeClaimRetentionPolicy",))
def check(statefulset: StatefulSet, cluster: Cluster) -> Findings:
    """Follows UpdatePodClaimForRetentionPolicy in pkg/controller/statefulset; a fixed range never scales down."""
    policy = statefulset.spec["persistentVolumeClaimRetentionPolicy"]
    if policy.get("whenScaled") != "Delete" or not statefulset.spec.get("volumeClaimTemplates"):
        return
    for autoscaler in autoscalers(cluster):
        if not autoscaler.is_horizontal or (autoscaler.kind, autoscaler.name) != ("StatefulSet", statefulset.name):
            continue
        bounds = autoscaler.object["spec"]
        reference = autoscaler.resolve(cluster)
        if bounds.get("minReplicas", 1) == bounds.get("maxReplicas") or reference.target is None:
            continue
        if reference.target.value is not statefulset.value or not reference.sure:
            continue
        yield policy["whenScaled"].found(
            f"{autoscaler.object.kind} {autoscaler.object.name} scales {statefulset.name}, and whenScaled: Delete deletes "
            "the claims of each pod that it takes away",
            consequence="the data of these pods is lost at every scale-down; the next scale-up starts with empty volumes",
            help="write whenScaled: Retain",
            related=(named(autoscaler.object),),
        )
        return
