"""A container sees an unmasked `/proc` (level baseline).

`procMount: Unmasked` shows what the container runtime hides in /proc and /sys, and lets the container write there.

Remove `procMount`. From 1.35 on the standard takes it in pods with `hostUsers: false`, whose root is nobody on the
node.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-proc-mount", pod, cluster.minor)
