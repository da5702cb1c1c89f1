"""A negative `metadata.generation`.

The API server counts generations itself. Of most kinds it overwrites what a manifest says; of kinds without a
controller's status, such as ConfigMap or Service, it keeps the number and refuses a negative one.

Remove the field: it belongs to the server.

See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Metadata, rule

# The kinds whose number the server keeps.
_KEPT = frozenset((
    "APIService", "CSIDriver", "CSINode", "CSIStorageCapacity", "CertificateSigningRequest", "ClusterRole",
    "ClusterRoleBinding", "ClusterTrustBundle", "ConfigMap", "ControllerRevision", "Endpoints", "Event",
    "IPAddress", "Lease", "LimitRange", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim",
    "ResourceClaim", "ResourceClaimTemplate", "ResourceQuota", "Role", "RoleBinding", "RuntimeClass", "Secret",
    "Service", "ServiceAccount", "ServiceCIDR", "StorageClass", "StorageVersionMigration", "VolumeAttachment",
    "VolumeAttributesClass",
))  # fmt: skip


# And those whose number it counts itself only from a minor on.
_KEPT_BEFORE = {"Pod": 33, "HorizontalPodAutoscaler": 37}


@rule(Category.REJECTED, needs=("generation",))
def check(metadata: Metadata, cluster: Cluster) -> Findings:
    """Find it where the server keeps the number; follows PrepareForCreate of each kind in pkg/registry."""
    generation = metadata.value.get("generation")
    if not generation or generation >= 0 or not metadata.of_object:
        return
    kind = metadata.root.get("kind")
    if kind in _KEPT or cluster.minor < _KEPT_BEFORE.get(str(kind), 0):
        yield metadata["generation"].found(
            f"generation is {generation}; it cannot be negative", help="remove it: the API server counts"
        )
