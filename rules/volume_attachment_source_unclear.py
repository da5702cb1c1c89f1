"""A VolumeAttachment names no volume, or two.

An attachment is about one PersistentVolume, by `persistentVolumeName`, or about one inline volume. The API server
refuses neither and both, and an empty name.

Write `source: {persistentVolumeName: NAME}`. The attach-detach controller makes these objects; manifests rarely need
to.

See https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, VolumeAttachment, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("source",))
def check(attachment: VolumeAttachment) -> Findings:
    """Find attachments of nothing or of two things."""
    values = (attachment.mapping().get("spec") or {}).get("source")
    if values is None:
        return
    name, inline = values.get("persistentVolumeName"), values.get("inlineVolumeSpec")
    node = attachment.at("spec", "source")
    if name is not None and inline is not None:
        yield node["inlineVolumeSpec"].found(
            "a source is persistentVolumeName or inlineVolumeSpec, not both",
            help="keep one",
            key=True,
            path="spec.source",
        )
    if name is None and inline is None:
        yield node.found("the source names no volume", help="write `persistentVolumeName`", key=True)
    elif name is not None and (reason := names.dns_subdomain(name)):
        yield node["persistentVolumeName"].found(
            f"persistentVolumeName is `{name}`: {reason}", help=instead(name, names.dns_subdomain)
        )
