"""A Job that retries so often that its failed pods pile up.

With `restartPolicy: Never` every attempt is a pod, and failed pods stay until the Job is deleted. A backoffLimit in
the hundreds and no deadline leave as many of them, one every ten minutes: lists grow, and a mistake goes unnoticed
for days.

Write a backoffLimit of a few retries, and an activeDeadlineSeconds.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("backoffLimit",))
def check(job: JobSpec, *, most: int = 100) -> Findings:
    """More than `most` retries and nothing else that ends the Job."""
    limit = job.get("backoffLimit")
    if not isinstance(limit, int) or limit <= most or job.get("activeDeadlineSeconds") is not None:
        return
    if job.pod.get("restartPolicy") == "Never":
        yield job["backoffLimit"].found(
            f"this Job is retried up to {limit} times, and every failed pod stays",
            consequence="failed pods pile up, one every ten minutes, and the Job is not Failed for days",
            help="write a backoffLimit below 10, and an activeDeadlineSeconds",
        )
