"""A container gets a capability that the default set does not have (level baseline).

Capabilities are parts of root's power. SYS_ADMIN and ALL are nearly root on the node, SYS_PTRACE reads other
processes, NET_ADMIN changes the network, NET_RAW forges packets.

Remove the capability. What stays allowed: AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, MKNOD,
NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID and SYS_CHROOT.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-capabilities-added", pod, cluster.minor)
