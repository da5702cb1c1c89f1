"""A Job with activeDeadlineSeconds 0, which fails before a pod is made.

The API server accepts 0, and the controller finds the deadline passed at once: the Job is Failed with DeadlineExceeded, and no
container has run.

Remove the field, or write the seconds that the whole Job may take, retries and the waits between them included.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.BROKEN, needs=("activeDeadlineSeconds",))
def check(job: JobSpec) -> Findings:
    """The deadline of the Job is 0."""
    if job.get("activeDeadlineSeconds") == 0:
        yield job["activeDeadlineSeconds"].found(
            "activeDeadlineSeconds 0 fails this Job before it starts a pod",
            consequence="the Job is Failed with DeadlineExceeded at once",
            help="remove the field, or write the seconds that the whole Job may take",
        )
