"""A pod sets an SELinux type, user or role of its own (level baseline).

SELinux keeps containers apart from the node by their type. Another type, user or role can lift that, and `spc_t`
does.

Remove the field; allowed types are container_t, container_init_t, container_kvm_t and, from 1.31 on,
container_engine_t. The `level` may be set.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-se-linux", pod, cluster.minor)
