"""A workload that keeps no old revision, so nothing can be rolled back.

With `revisionHistoryLimit: 0` the old ReplicaSet or revision is deleted after an update, and `kubectl rollout undo`
has nothing to go back to.

Write 2 or more, or leave the field out (10).

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#revision-history-limit
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DaemonSet, Deployment, Findings, StatefulSet, rule


@rule(Category.ADVICE)
def check(workload: Deployment | StatefulSet | DaemonSet) -> Findings:
    """Find revisionHistoryLimit: 0."""
    limit = workload.spec["revisionHistoryLimit"]
    if limit.value == 0 and limit.value is not False:
        yield limit.found(
            "no old revision is kept, and kubectl rollout undo has nothing to go back to", help="write 2 or more"
        )
