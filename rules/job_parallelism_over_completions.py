"""A parallelism above completions, of which the rest never runs.

The controller never starts more pods than completions are left, so the number above completions has no effect.

Write a parallelism of at most completions; leave completions out for a work queue, where any pod's success ends the Job.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#parallel-jobs
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("parallelism",))
def check(job: JobSpec) -> Findings:
    """Both are set, and parallelism is the larger one."""
    completions, parallelism = job.get("completions"), job.get("parallelism")
    if isinstance(completions, int) and isinstance(parallelism, int) and parallelism > completions > 0:
        yield job["parallelism"].found(
            f"parallelism {parallelism} is more than completions {completions}",
            consequence=f"never more than {completions} pod{'s' * (completions > 1)} of this Job run at a time",
            help=f"write parallelism: {completions}, or raise completions",
        )
