"""A StatefulSet that deletes data when it is scaled down or removed.

`persistentVolumeClaimRetentionPolicy` with `whenScaled: Delete` removes the claim of each pod that a scale-down takes
away, also when an autoscaler does it; with `whenDeleted: Delete` removing the set (a GitOps prune, a renamed release)
removes all claims. Volumes of a class with reclaimPolicy Delete go with them.

Write Retain, the default, unless the data can be had again.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule

_WHEN = {"whenScaled": "a scale-down, also by an autoscaler,", "whenDeleted": "deleting the set"}


@rule(Category.ADVICE, needs=("volumeClaimTemplates",))
def check(statefulset: StatefulSet) -> Findings:
    """Delete in either field, and claim templates that it holds for."""
    if not statefulset.spec.get("volumeClaimTemplates"):
        return
    policy = statefulset.spec["persistentVolumeClaimRetentionPolicy"]
    for field, when in _WHEN.items():
        if policy.get(field) == "Delete":
            yield policy[field].found(
                f"{when} deletes the claims of its pods",
                consequence="the data is gone unless the class keeps its volumes",
                help="write Retain unless the data can be had again",
            )
