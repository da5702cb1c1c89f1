"""A container in a user namespace sees an unmasked `/proc` (level restricted).

From 1.35 on level baseline takes `procMount: Unmasked` where `hostUsers: false` makes the container's root nobody
on the node; level restricted does not.

Remove `procMount`, or put the pod in a namespace that enforces baseline.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY, since=35)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-proc-mount-in-user-namespace", pod, cluster.minor)
