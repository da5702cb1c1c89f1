"""A pod shares the network, the processes or the memory of its node (level baseline).

With `hostNetwork` a pod reaches what listens on the node's localhost and passes NetworkPolicies by. With `hostPID`
it sees and signals the node's processes and reads their environment. With `hostIPC` it reads their shared memory.

Remove the field. Agents of the node that need it belong in a namespace of their own with the label
`pod-security.kubernetes.io/enforce: privileged`.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-host-namespaces", pod, cluster.minor)
