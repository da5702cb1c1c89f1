"""A container may run as root (level restricted).

Without `runAsNonRoot: true` the image decides, and most images run as root: who breaks out of the container is root
on the node. From 1.35 on pods with `hostUsers: false` are spared, since their root is nobody there.

Write `runAsNonRoot: true` at the pod, and give the image a user that is a number: for a user's name the kubelet
cannot tell and the container stays in CreateContainerConfigError.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-root-allowed", pod, cluster.minor)
