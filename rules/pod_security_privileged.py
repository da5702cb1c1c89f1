"""A container is privileged (level baseline).

A privileged container has all capabilities and all devices of the node, without AppArmor and seccomp: who takes it
over owns the node and with it every pod and secret there.

Remove `privileged`, and add the single capability or device plugin that the program needs.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-privileged", pod, cluster.minor)
