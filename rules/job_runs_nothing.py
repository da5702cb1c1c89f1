"""A Job that starts no pod: parallelism 0, or completions 0.

With `parallelism: 0` the Job waits for ever and shows no condition and no event. With `completions: 0` it is Complete at once,
and no container has run.

Write 1 or more; to hold a Job back write `suspend: true`, which says so in its status.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#suspending-a-job
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("completions", "parallelism"))
def check(job: JobSpec) -> Findings:
    """Zero where the manifest could have left the field out."""
    if job.get("completions") == 0:
        yield job["completions"].found(
            "completions 0 makes this Job Complete at once without running anything",
            consequence="the Job shows success, and no container has run",
            help="write 1 or more",
        )
    elif job.get("parallelism") == 0:
        yield job["parallelism"].found(
            "parallelism 0 means that this Job starts no pod and never finishes",
            consequence="it stays without condition and event until somebody raises the number",
            help="write 1 or more; suspend: true holds a Job back visibly",
        )
