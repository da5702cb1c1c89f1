"""What the server fills in for a Job, and what its rules for failures take."""

from __future__ import annotations

from kubetrial.lint.objects.views import JobSpec
from kubetrial.lint.yaml.node import Node

KILLED = (137, 143)
"""The exit codes of a container that a drain or an eviction stops: SIGKILL and SIGTERM."""


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


def takes_killed(codes: Node) -> bool:
    """Whether the `onExitCodes` of a rule match a container that was stopped from outside."""
    values = codes.get("values")
    if not isinstance(values, list):
        return False
    hits = [code in values for code in KILLED]
    return not all(hits) if codes.get("operator") == "NotIn" else any(hits)
