"""A container keeps, or adds, capabilities of the default set (level restricted).

Container runtimes leave some parts of root's power to containers, among them NET_RAW, which forges packets, and the
change of file owners. Hardly a program needs them. Windows pods are spared.

Write `capabilities: {drop: ["ALL"]}` at each container, and `add: ["NET_BIND_SERVICE"]` for ports below 1024.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-capabilities-kept", pod, cluster.minor)
