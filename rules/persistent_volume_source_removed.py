"""A PersistentVolume whose source or policy Kubernetes no longer supports.

The in-tree drivers for CephFS, RBD, GlusterFS, ScaleIO, StorageOS and Photon are gone: the API server still takes
such a volume, and no node can mount it. The policy Recycle is deprecated.

Write a `csi` source of the storage's driver; for Recycle write Delete or Retain.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, PersistentVolume, PersistentVolumeSpec, rule

_GONE = {"cephfs": 31, "rbd": 31, "glusterfs": 26, "scaleIO": 22, "storageos": 25, "photonPersistentDisk": 16}


@rule(Category.RISKY)
def check(volume: PersistentVolume, cluster: Cluster) -> Findings:
    """Find volumes that no node mounts; follows GetWarningsForPersistentVolume in pkg/api/persistentvolume."""
    spec = volume.view(PersistentVolumeSpec, "spec")
    for name in spec.sources:
        if name in _GONE:
            gone = _GONE[name]
            said = (
                f"does not work since 1.{gone}"
                if cluster.minor >= gone
                else f"is deprecated and stops to work in 1.{gone}"
            )
            yield spec[name].found(
                f"the source `{name}` {said}",
                help="use the CSI driver of the storage",
                consequence="pods that use the volume stay in ContainerCreating",
                key=True,
            )
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield spec["persistentVolumeReclaimPolicy"].found(
            "the reclaim policy Recycle is deprecated",
            help="write `Delete` or `Retain`, and provision volumes dynamically",
        )
