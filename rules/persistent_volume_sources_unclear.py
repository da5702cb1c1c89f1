"""A PersistentVolume has no source, or more than one.

A volume is one piece of storage: the API server wants exactly one of `csi`, `nfs`, `hostPath`, `local` and the other
sources.

Keep the source that the storage has. Several exports or disks are several PersistentVolumes.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolumeSpec, rule


@rule(Category.REJECTED)
def check(spec: PersistentVolumeSpec) -> Findings:
    """Find volumes that are nothing or several things; the order is the server's, which refuses all but the first."""
    present = spec.sources
    if not present:
        yield spec.found(
            "this volume has no source",
            help="add one of csi, nfs, local, hostPath and the other sources of a PersistentVolume",
            key=True,
        )
    for name in present[1:]:
        if name == "flexVolume":
            continue  # the server lets this one pass beside another
        yield spec[name].found(
            f"a volume has one source, and this one has `{present[0]}` and `{name}`",
            help="keep one of them",
            key=True,
            related=((f"`{present[0]}`", spec[present[0]]),),
        )
