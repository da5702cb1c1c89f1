"""A volume is a path of the node (level baseline).

A `hostPath` volume reads, and mostly writes, files of the node: by way of the kubelet's or the container runtime's
files a container becomes root there. The files stay behind, and differ from node to node.

Use emptyDir, a PersistentVolumeClaim, a ConfigMap or a Secret. Agents that must read the node belong in a namespace
of their own.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-host-path", pod, cluster.minor)
