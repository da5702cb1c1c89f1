"""What the server fills in for a Job."""

from __future__ import annotations

from kubetrial.lint.objects.views import JobSpec


def completions(job: JobSpec) -> int | None:
    """How many completions the server sees: a Job with neither completions nor parallelism gets 1, a CronJob's none."""
    written = job.value.get("completions")
    if (
        written is None
        and job.value.get("parallelism") is None
        and job.parent is not None
        and job.parent.key != "jobTemplate"
    ):
        return 1
    return written if isinstance(written, int) else None
