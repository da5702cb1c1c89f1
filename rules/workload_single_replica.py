"""A Deployment with one replica: every restart of its node is an outage.

When the node is drained or the pod evicted, nothing serves until a new pod is ready.

Write two replicas or more (the option `least`). Deployments that an autoscaler sizes are left alone, and such that
can only be one: with the strategy Recreate, or with a claim that one node mounts.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Deployment, Findings, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(deployment: Deployment, cluster: Cluster, *, least: int = 2) -> Findings:
    """Find Deployments with fewer replicas than `least` that could have more."""
    replicas = deployment.spec.get("replicas", 1)
    if replicas.__class__ is not int or not 0 < replicas < least or serving.scaled(deployment, cluster):
        return
    if deployment.spec["strategy"].get("type") == "Recreate":
        return
    if any(v and v.get("persistentVolumeClaim") for v in deployment.pod.get("volumes", ())):
        return
    yield deployment.spec["replicas"].found(
        f"the Deployment has {replicas} replica{'s' * (replicas != 1)}",
        consequence="nothing serves while its node is drained or its pod is moved",
        help=f"write replicas: {least}",
    )
