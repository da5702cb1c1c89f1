"""The inline volume of a VolumeAttachment has settings that only PersistentVolumes have.

An inline volume is a CSI volume that came from a pod: it has `csi`, and neither a claim nor capacity, class, node
affinity or another reclaim policy than Retain. The API server refuses those.

Remove the settings, or name a PersistentVolume instead.

See https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, VolumeAttachment, rule

_ONLY = {"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"}


@rule(Category.REJECTED, needs=("source",))
def check(attachment: VolumeAttachment) -> Findings:
    """Find settings that inline volumes lack; follows ValidatePersistentVolumeSpec."""
    source = (attachment.mapping().get("spec") or {}).get("source") or {}
    values = source.get("inlineVolumeSpec")
    if values is None or source.get("persistentVolumeName") is not None:
        return
    node = attachment.at("spec", "source", "inlineVolumeSpec")
    for field in ("claimRef", "capacity", "nodeAffinity", "storageClassName"):
        if values.get(field) not in (None, "") and (field != "capacity" or values[field]):
            yield node[field].found(f"`{field}` cannot be set in an inline volume", help="remove it", key=True)
    for field, only in _ONLY.items():
        if values.get(field) not in (None, only) and (field == "volumeMode" or values[field]):
            yield node[field].found(f"{field} of an inline volume can only be {only}", help=f"write `{only}`")
    if values.get("csi") is None:
        yield node["csi"].found("an inline volume needs `csi`", help="add the csi source")
