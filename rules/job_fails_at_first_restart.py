"""A Job with OnFailure and backoffLimit 0, which fails where it should restart.

`OnFailure` asks for failed containers to be restarted in place, and `backoffLimit: 0` allows no restart: at the first
one the Job fails with `BackoffLimitExceeded`, and the pod is deleted with its logs, even while the restarted
container runs.

Write `restartPolicy: Never` for a single attempt, or a backoffLimit above 0.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("backoffLimit",))
def check(job: JobSpec) -> Findings:
    """The pair of the two."""
    if job.get("backoffLimit") == 0 and job.pod.get("restartPolicy") == "OnFailure":
        yield job["backoffLimit"].found(
            "backoffLimit 0 fails the Job at the first restart that restartPolicy OnFailure makes",
            consequence="the Job is Failed with BackoffLimitExceeded, and its pod is deleted with the logs",
            help="write restartPolicy: Never for a single attempt, or a backoffLimit above 0",
            related=(("the restart policy", job.pod["restartPolicy"]),),
        )
