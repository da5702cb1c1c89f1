"""A Deployment that stops all its pods before it starts new ones.

With the strategy Recreate every update is an outage, and a broken image stays one.

Use RollingUpdate. Where only one pod may run at a time, as with a claim that one node mounts, a host port, or a
program that must not run twice, Recreate is right; with claims and host ports it is left alone.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Deployment, Findings, rule


@rule(Category.ADVICE, needs=("strategy",))
def check(deployment: Deployment) -> Findings:
    """Find Recreate in Deployments that have no claim, no hostPath and no host port."""
    strategy = deployment.spec["strategy"]
    if strategy.get("type") != "Recreate" or deployment.spec.get("replicas") == 0:
        return
    pod = deployment.pod
    if any(v and (v.get("persistentVolumeClaim") or v.get("hostPath")) for v in pod.get("volumes", ())) or pod.get(
        "hostNetwork"
    ):
        return
    if any(port.get("hostPort") for c in pod.containers() for port in c.get("ports", ()) if port):
        return
    yield strategy["type"].found(
        "every update stops all pods of this Deployment before it starts new ones",
        help="write RollingUpdate, unless the program must never run twice",
    )
