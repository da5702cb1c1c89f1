"""A progressDeadlineSeconds that ends before a pod can be ready.

A pod becomes ready only after the initial delay of its readiness (or startup) probe. A shorter progressDeadlineSeconds
calls every rollout failed (ProgressDeadlineExceeded), though it goes well: `kubectl rollout status` and CI stop.

Write a deadline that is well above the delay.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Deployment, Findings, Node, rule


@rule(Category.RISKY, needs=("readinessProbe", "startupProbe"))
def check(deployment: Deployment) -> Findings:
    """Follows DeploymentTimedOut in pkg/controller/deployment/util; the delay is that of the prober's worker."""
    spec = deployment["spec"]
    deadline = spec.get("progressDeadlineSeconds", 600)
    if not isinstance(deadline, int) or spec.get("replicas") == 0 or spec.get("paused") is True:
        return
    for container in deployment.pod.containers():
        for probe in ("readinessProbe", "startupProbe"):
            if not container.get(probe):
                continue
            seconds, place = _earliest(container[probe])
            if seconds >= deadline and place is not None:
                yield place.found(
                    f"a pod is ready after {seconds} s at the earliest, and progressDeadlineSeconds is {deadline}",
                    consequence="every rollout is reported as failed: ProgressDeadlineExceeded",
                    help=f"write a progressDeadlineSeconds well above {seconds}",
                    related=(("the deadline", spec["progressDeadlineSeconds"]),),
                )
                return


def _earliest(probe: Node) -> tuple[int, Node | None]:
    """(seconds until the probe can have succeeded as often as it must, what takes most of them)."""
    delay, times, period = (
        value if isinstance(value := probe.get(field, default), int) else 0
        for field, default in (("initialDelaySeconds", 0), ("successThreshold", 1), ("periodSeconds", 10))
    )
    again = max(times - 1, 0) * period
    place = probe["initialDelaySeconds"] if delay >= again else probe["successThreshold"]
    return delay + again, place if place.present else None
