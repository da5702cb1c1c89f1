"""A container runs as root by its user number (level restricted).

`runAsUser: 0` makes the process root, whatever the image says. From 1.35 on pods with `hostUsers: false` are
spared, since their root is nobody on the node.

Write another number, or remove `runAsUser` and let the image decide.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-root-user", pod, cluster.minor)
