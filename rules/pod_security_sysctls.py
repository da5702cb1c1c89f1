"""A pod sets a sysctl that is not among the safe ones (level baseline).

A sysctl that the kernel does not keep apart for each pod changes the node for all its pods; kubelets refuse such
pods unless they were started with --allowed-unsafe-sysctls, and the pod stays with SysctlForbidden.

Remove the sysctl, or set it on the nodes. Which ones are safe grows with the version.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-sysctls", pod, cluster.minor)
