"""A Windows container runs as a process of its node (level baseline).

A HostProcess container has the files, network and accounts of its Windows node: it is to Windows what privileged is
to Linux.

Remove `windowsOptions.hostProcess`, and keep such agents in a namespace of their own.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-host-process", pod, cluster.minor)
