"""A Job whose own command takes longer than its deadline: no run of it can ever complete.

`activeDeadlineSeconds` counts from the start of the Job (of a template: from that of the pod), waiting for a node and for the
image included. When it has passed, the pods are stopped and the Job is Failed with DeadlineExceeded, whatever they do.

Write a deadline above all that the command takes, or let the command end sooner.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
"""

from __future__ import annotations

import math

from kubetrial.lint.authoring import Category, Container, Findings, JobSpec, Node, rule
from kubetrial.lint.facts import programs


@rule(Category.RISKY, needs=("activeDeadlineSeconds",))
def check(job: JobSpec) -> Findings:
    """Commands that are known to take so long, such as `sleep 2h`; follows pastActiveDeadline in pkg/controller/job.

    One that waits for ever is left alone: it may be kept for somebody to look into, and the deadline ends it.
    """
    deadlines = [
        place
        for place in (job["activeDeadlineSeconds"], job.pod["activeDeadlineSeconds"])
        if isinstance(place.value, int) and place.value is not True and place.value > 0
    ]
    if not deadlines or job.get("suspend") is True:
        return
    deadline: Node = min(deadlines, key=lambda place: place.value)
    before = sum(_seconds(container) for container in job.pod.init_containers() if not container.is_sidecar)
    longest = max(job.pod.containers(), key=_seconds, default=None)
    if longest is None or not deadline.value < before + _seconds(longest) < math.inf:
        return
    yield deadline.found(
        f"the deadline is {deadline.value} s, and what the pod runs takes {before + _seconds(longest):g} s",
        consequence="the pod is stopped before it has ended, each time: Failed, DeadlineExceeded",
        help=f"write more than {before + _seconds(longest):g}, or let the command end sooner",
        related=((f"the command of {longest.name}", longest["command" if longest.get("command") else "args"]),),
    )


def _seconds(container: Container) -> float:
    """How long a container runs, as far as its command says; 0 where that is not known."""
    program = programs.known(container.mapping())
    return program.seconds if program is not None else 0.0
