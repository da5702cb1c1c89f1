"""A grace period below zero.

The API server takes a negative terminationGracePeriodSeconds with a warning and reads it as one second: containers
are killed one second after they are asked to stop.

Write the seconds that the application needs to stop.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.RISKY, needs=("terminationGracePeriodSeconds",))
def check(pod: PodSpec) -> Findings:
    """Find negative periods; follows the warnings of pkg/api/pod."""
    seconds = pod.mapping().get("terminationGracePeriodSeconds")
    if seconds is not None and seconds < 0:
        yield pod["terminationGracePeriodSeconds"].found(
            f"terminationGracePeriodSeconds is {seconds}, which means 1",
            help="write the seconds that the containers need to stop",
            consequence="containers are killed one second after they are asked to stop",
        )
