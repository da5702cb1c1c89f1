"""An Indexed Job so large that Kubernetes may lose count of its indexes.

With more than 100000 completions and a parallelism above 10000 the list of finished indexes can grow beyond what the
Job's status holds when many of them fail. The API server accepts it with a warning.

Lower the parallelism to 10000, or split the Job.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("completionMode",))
def check(job: JobSpec) -> Findings:
    """Follows WarningsForJobSpec in pkg/api/job."""
    spec = job.value
    if (
        spec.get("completionMode") == "Indexed"
        and (spec.get("completions") or 0) > 100_000
        and (spec.get("parallelism") or 0) > 10_000
    ):
        yield job["parallelism"].found(
            f"{spec['completions']} completions at a parallelism of {spec['parallelism']} may be too many to track",
            help="write a parallelism of at most 10000, or split the Job",
            consequence="when many indexes fail, the list of finished ones is cut; the API server warns",
        )
