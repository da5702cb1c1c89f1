"""A container that serves a port has no readiness probe.

Without it a pod gets requests as soon as its process has started, and a rolling update goes on before the new pods
answer: users see errors at every deployment.

Add a readinessProbe that asks what a client would ask. Jobs, init containers and containers without ports are left
alone.

See https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(pod: PodSpec) -> Findings:
    """Find containers of lasting workloads with ports and without a readiness probe."""
    for container in serving.containers(pod):
        if container.get("readinessProbe") is None:
            yield container["readinessProbe"].found(
                f"container {container.name} gets requests before it says that it is ready",
                consequence="users see errors at every start and every rollout",
                help="add a readinessProbe that asks what a client would ask",
            )
