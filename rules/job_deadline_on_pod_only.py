"""A deadline in the pod template that does not bound the Job.

`template.spec.activeDeadlineSeconds` ends one pod; the Job counts that as one failure and starts the next one after its back-off,
backoffLimit times. The whole may take (backoffLimit + 1) deadlines and the waits between them (10 minutes with the default limit).

Write `spec.activeDeadlineSeconds` of the Job; it bounds everything.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("activeDeadlineSeconds",))
def check(job: JobSpec) -> Findings:
    """The template has a deadline, the Job has none, and it retries."""
    deadline = job.pod.get("activeDeadlineSeconds")
    if not isinstance(deadline, int) or job.get("activeDeadlineSeconds") is not None or job.get("backoffLimit") == 0:
        return
    limit = job.get("backoffLimit", 6)
    yield job.pod["activeDeadlineSeconds"].found(
        f"this deadline of {deadline} s bounds each pod, not the Job, which starts up to {limit + 1} of them",
        consequence="a pod that runs into it is one failure; the next one starts after the back-off",
        help="move it to the Job's own spec, beside backoffLimit",
        key=True,
    )
