"""An old annotation of a volume or claim stands where a field belongs.

`volume.beta.kubernetes.io/storage-class` wins over `storageClassName`, so a reader of the field is misled; the API
server warns about it since 1.8, and about `volume.beta.kubernetes.io/mount-options` since 1.31.

Write `spec.storageClassName` and `spec.mountOptions`.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StorageObject, rule

_CLASS, _OPTIONS = "volume.beta.kubernetes.io/storage-class", "volume.beta.kubernetes.io/mount-options"


@rule(Category.RISKY, needs=("annotations",))
def check(stored: StorageObject) -> Findings:
    """Find annotations that fields have replaced."""
    annotations = stored.annotations
    if _CLASS in annotations:
        yield stored.at("metadata", "annotations", _CLASS).found(
            f"the annotation `{_CLASS}` is deprecated", help="write `spec.storageClassName`", key=True
        )
    if _OPTIONS in annotations and stored.kind == "PersistentVolume":
        yield stored.at("metadata", "annotations", _OPTIONS).found(
            f"the annotation `{_OPTIONS}` is deprecated", help="write `spec.mountOptions`", key=True
        )
