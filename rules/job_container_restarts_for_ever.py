"""A container of a Job whose own restartPolicy keeps it from ending.

From 1.35 on a container may have a restartPolicy of its own. A container with `Always` is started again after success as well, so
the Job never completes. With `OnFailure` below a pod's `Never` its restarts are not counted by backoffLimit: it is retried for ever.

Leave the container's restartPolicy out; for a helper that runs beside the work use an init container with
`restartPolicy: Always` (a native sidecar), which ends with the Job.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.BROKEN, needs=("restartPolicy",))
def check(job: JobSpec) -> Findings:
    """An ordinary container with Always, or with OnFailure below Never."""
    for container in job.pod.containers():
        own = container.get("restartPolicy")
        if own == "Always":
            yield container["restartPolicy"].found(
                f"container {container.name} is started again whenever it ends, so the Job never completes",
                consequence="the Job stays active; only activeDeadlineSeconds ends it, as Failed",
                help="remove it; make a helper an init container with restartPolicy: Always",
            )
        elif own == "OnFailure" and job.pod.restart_policy == "Never":
            yield container["restartPolicy"].found(
                f"failures of container {container.name} are retried in place and never counted against backoffLimit",
                consequence="a container that always fails is restarted for ever; the Job never fails",
                help="write restartPolicy: OnFailure for the pod, or remove it here",
            )
