"""A probe or hook sends the kubelet to another host (level baseline from 1.34 on).

The kubelet makes the requests of probes and hooks from the node's network. With `host` a pod makes it call any
address that the node reaches, such as the metadata service of the cloud.

Remove `host`: without it the pod's own address is meant. A name for virtual hosts goes into `httpHeaders` as
`Host`.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY, since=34)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-probe-host", pod, cluster.minor)
