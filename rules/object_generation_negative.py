"""A negative `metadata.generation`.

The API server counts generations itself. Of most kinds it overwrites what a manifest says; of kinds without a
controller's status, such as ConfigMap or Service, it keeps the number and refuses a negative one.

Remove the field: it belongs to the server.

See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, rule

# The kinds whose number the server keeps.
_KEPT = frozenset((
    "APIService", "CSIDriver", "CSINode", "CSIStorageCapacity", "CertificateSigningRequest", "ClusterRole",
    "ClusterRoleBinding", "ClusterTrustBundle", "ConfigMap", "ControllerRevision", "Endpoints", "Event",
    "IPAddress", "Lease", "LimitRange", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim",
    "ResourceClaim", "ResourceClaimTemplate", "ResourceQuota", "Role", "RoleBinding", "RuntimeClass", "Secret",
    "Service", "ServiceAccount", "ServiceCIDR", "StorageClass", "StorageVersionMigration", "VolumeAttachment",
    "VolumeAttributesClass",
))  # fmt: skip


@rule(Category.REJECTED)
def check(metadata: Metadata) -> Findings:
    """Find it where the server keeps the number."""
    generation = metadata.value.get("generation")
    if generation and generation < 0 and metadata.of_object and metadata.root.get("kind") in _KEPT:
        yield metadata["generation"].found(
            f"generation is {generation}; it cannot be negative", help="remove it: the API server counts"
        )
