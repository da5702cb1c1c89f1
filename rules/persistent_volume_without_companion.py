"""A setting of a PersistentVolume that needs another one, or excludes it.

A `local` volume exists on one node, so it needs `nodeAffinity`; `volumeAttributesClassName` is for `csi` volumes; the
root of a node's disk cannot be recycled; the old mount-options annotation is for network disks. The API server
refuses the rest.

Add what is missing; for the annotation write `spec.mountOptions`.

See https://kubernetes.io/docs/concepts/storage/volumes/#local
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolume, PersistentVolumeSpec, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
_MOUNTABLE = (
    "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "nfs", "rbd", "quobyte", "iscsi", "cinder", "cephfs",
    "azureFile", "vsphereVolume", "azureDisk", "photonPersistentDisk",
)  # fmt: skip


@rule(Category.REJECTED)
def check(volume: PersistentVolume) -> Findings:
    """Find settings without their companion; follows ValidatePersistentVolumeSpec."""
    spec = volume.view(PersistentVolumeSpec, "spec")
    values = spec.mapping()
    if spec.sources[:1] == ["local"] and values.get("nodeAffinity") is None:
        yield spec["nodeAffinity"].found(
            "a local volume needs `nodeAffinity`: it exists on one node only",
            help="add `nodeAffinity.required` that names the node",
        )
    attributes = values.get("volumeAttributesClassName")
    if attributes is not None and (reason := names.dns_subdomain(attributes)):
        yield spec["volumeAttributesClassName"].found(
            f"volumeAttributesClassName is `{attributes}`: {reason}",
            help=instead(attributes, names.dns_subdomain),
        )
    if attributes is not None and values.get("csi") is None:
        yield spec["csi"].found(
            "volumeAttributesClassName needs a `csi` source", help="remove volumeAttributesClassName"
        )
    host = (values.get("hostPath") or {}).get("path") or ""
    if host.startswith("/") and values.get("persistentVolumeReclaimPolicy") == "Recycle" and _is_root(host):
        yield spec["persistentVolumeReclaimPolicy"].found(
            f"the hostPath `{host}` is the whole disk of the node, and Recycle would delete what is on it",
            help="write `Retain`",
        )
    if _MOUNT_OPTIONS in volume.annotations and not set(_MOUNTABLE).intersection(spec.sources):
        yield volume.at("metadata", "annotations", _MOUNT_OPTIONS).found(
            f"the annotation `{_MOUNT_OPTIONS}` is not for volumes of this source",
            help="write `spec.mountOptions`",
            key=True,
        )


def _is_root(path: str) -> bool:
    """Whether the path, with `.` and `..` followed, is `/`."""
    depth = 0
    for part in path.split("/"):
        if part == "..":
            depth = max(depth - 1, 0)
        elif part not in ("", "."):
            depth += 1
    return depth == 0
