"""A Job with several parallel pods and no completions: each pod does the whole work.

Without `completions` the pods are workers of a queue: all of them start with the same command, and once one has
succeeded no new one is started. Unless they share the work among themselves, it is done as often as there are pods.

Write `completions`, with `completionMode: Indexed` where each pod needs to know its part.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#parallel-jobs
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.ADVICE, needs=("parallelism",))
def check(job: JobSpec) -> Findings:
    """A parallelism above 1 and no completions."""
    parallelism = job.get("parallelism")
    if isinstance(parallelism, int) and parallelism > 1 and job.get("completions") is None:
        yield job["parallelism"].found(
            f"{parallelism} pods each do the whole work, unless they share a queue: completions is not set",
            consequence=(
                f"the same command runs {parallelism} times at once; the Job is done when one of them has succeeded"
            ),
            help="write completions, or make sure that the pods take their work from a queue",
        )
