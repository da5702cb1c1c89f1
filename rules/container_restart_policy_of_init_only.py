"""A container has a restart policy that this version of Kubernetes does not allow.

Before 1.34 the one use of `restartPolicy` on a container was `Always` on an init container, which makes it a sidecar.
The API server refuses other values there, and any value on an ordinary container.

Set `restartPolicy` on the pod.

See https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
"""

from __future__ import annotations

from kubetrial.lint.api.dropped import NO_SIDECAR
from kubetrial.lint.authoring import Category, Cluster, Container, Findings, rule


@rule(Category.REJECTED, since=28, until=33, needs=("restartPolicy",))
def check(container: Container, cluster: Cluster) -> Findings:
    """Find restart policies that these versions refuse."""
    policy = container.value.get("restartPolicy")
    if policy is None:
        return
    if not container.is_init:
        yield container["restartPolicy"].found(
            "an ordinary container cannot have its own restartPolicy before Kubernetes 1.34",
            help="set restartPolicy on the pod, or make it an init container",
            key=True,
        )
    elif policy != "Always" and not (policy == NO_SIDECAR and cluster.minor == 28):  # dropped there: nothing to refuse
        yield container["restartPolicy"].found(
            f"the restartPolicy of an init container is {policy}; before Kubernetes 1.34 it can only be Always",
            help="write Always for a sidecar, or remove it",
        )
