"""A progressDeadlineSeconds that ends before a pod can be ready.

A pod becomes ready only after the initial delay of its readiness (or startup) probe. A shorter progressDeadlineSeconds
calls every rollout failed (ProgressDeadlineExceeded), though it goes well: `kubectl rollout status` and CI stop.

Write a deadline that is well above the delay.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Deployment, Findings, rule


@rule(Category.RISKY)
def check(deployment: Deployment) -> Findings:
    """Follows DeploymentTimedOut in pkg/controller/deployment/util; the delay is that of the prober's worker."""
    spec = deployment["spec"]
    deadline = spec.get("progressDeadlineSeconds", 600)
    if not isinstance(deadline, int) or spec.get("replicas") == 0 or spec.get("paused") is True:
        return
    for container in deployment.pod.containers():
        for probe in ("readinessProbe", "startupProbe"):
            delay = container[probe]["initialDelaySeconds"]
            if isinstance(delay.value, int) and delay.value >= deadline:
                yield delay.found(
                    f"a pod is ready after {delay.value} s at the earliest, and progressDeadlineSeconds is {deadline}",
                    consequence="every rollout is reported as failed: ProgressDeadlineExceeded",
                    help=f"write a progressDeadlineSeconds well above {delay.value}",
                    related=(("the deadline", spec["progressDeadlineSeconds"]),),
                )
                return
