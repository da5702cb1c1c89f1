"""A container may make any system call: no seccomp profile is set (level restricted).

Where no profile is named and the kubelet has no default, containers run without the filter that keeps rare and
dangerous system calls from them. Windows pods are spared.

Write `securityContext.seccompProfile.type: RuntimeDefault` at the pod: hardly a program notices.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-seccomp-missing", pod, cluster.minor)
