"""A container listens on a port of its node (level baseline).

A `hostPort` opens the container to everybody who reaches the node, past Services and mostly past NetworkPolicies,
and only one pod with that port fits on a node.

Remove `hostPort`, and publish the pod by a Service, an Ingress or a Gateway.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-host-ports", pod, cluster.minor)
