"""A workload that is switched off in the manifest: `suspend: true`, or no replicas.

It is applied, and nothing runs. Somebody who turned it off for an afternoon rarely writes why, and the next
deployment keeps it off.

Say why in a comment or an ignore, or turn it on.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Deployment, Findings, Job, ReplicaSet, StatefulSet, rule

_QUEUES = ("kueue.x-k8s.io/queue-name",)


@rule(Category.ADVICE)
def check(workload: CronJob | Job | Deployment | StatefulSet | ReplicaSet) -> Findings:
    """suspend or replicas 0; a suspended Job of a queueing system is started by it."""
    spec = workload.spec
    if spec.get("suspend") is True and not any(label in workload.labels for label in _QUEUES):
        yield spec["suspend"].found(
            f"this {workload.kind} is suspended: nothing runs",
            consequence="it stays off until somebody changes the field",
            help="remove suspend, or say why it is off",
        )
    elif spec.get("replicas") == 0:
        yield spec["replicas"].found(
            f"this {workload.kind} has no replicas: nothing runs",
            consequence="it stays off until something scales it",
            help="write 1 or more, or say why it is off",
        )
