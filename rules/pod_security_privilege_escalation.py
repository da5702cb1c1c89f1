"""A program in a container may gain more privileges (level restricted).

Unless `allowPrivilegeEscalation` is false, a program with the set-user-ID bit, such as sudo or mount, makes its
user root in the container. Windows pods are spared.

Write `securityContext.allowPrivilegeEscalation: false` at each container; there is no such field at the pod.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-privilege-escalation", pod, cluster.minor)
