"""A volume reaches storage past PersistentVolumeClaims (level restricted).

A volume such as `nfs` or `iscsi` in the pod lets everybody who may create pods mount any export that the nodes
reach, without the claims and classes by which a cluster decides who gets what.

Mount a PersistentVolumeClaim. Allowed are also configMap, csi, downwardAPI, emptyDir, ephemeral, image, projected
and secret.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows the check of the Pod Security admission in the chosen version."""
    yield from pod_security.found("pod-security-volume-types", pod, cluster.minor)
