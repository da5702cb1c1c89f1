"""A volume that is several things at once.

A volume has one source: a ConfigMap, a claim, an emptyDir or another. With two the API server cannot know which is
meant and refuses the pod; a volume without any is an emptyDir.

Keep one source, or make two volumes; several sources in one folder are a `projected` volume.

See https://kubernetes.io/docs/concepts/storage/volumes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Volume, rule

_SOURCES = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc",
    "flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
    "storageos", "projected", "scaleIO", "csi", "ephemeral", "image",
)  # fmt: skip


@rule(Category.REJECTED)
def check(volume: Volume) -> Findings:
    """Find volumes with two sources; the order is the server's, which refuses all but the first."""
    values = volume.mapping()
    if len(values) < 3:
        return
    present = [name for name in _SOURCES if values.get(name) is not None]
    for name in present[1:]:
        yield volume[name].found(
            f"a volume has one source, and this one has `{present[0]}` and `{name}`",
            help="keep one of them, or make two volumes",
            key=True,
            related=((f"`{present[0]}`", volume[present[0]]),),
        )
