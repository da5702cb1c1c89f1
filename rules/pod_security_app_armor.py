"""A container without AppArmor, or with an unknown profile (level baseline).

The container runtime confines containers by its own AppArmor profile. `Unconfined` takes that away, and a mistake
in the container reaches files and mounts that the profile would have kept from it.

Remove the profile, or write RuntimeDefault, or Localhost with a profile that the nodes have.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-app-armor", pod, cluster.minor)
