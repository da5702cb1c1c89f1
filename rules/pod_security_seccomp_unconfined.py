"""A container may make any system call on purpose (level baseline).

`seccompProfile.type: Unconfined` switches off the filter that keeps rare and dangerous system calls from
containers, through which most breakouts of the last years went.

Write RuntimeDefault, or Localhost with a profile that the nodes have.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-seccomp-unconfined", pod, cluster.minor)
