"""A claim that asks for no class, or one without a provisioner, where no volume fits.

`storageClassName: ""` switches provisioning off, as does a class of kubernetes.io/no-provisioner: the claim gets only a
PersistentVolume that somebody has made with the same class. Where none is there it stays Pending for ever, with
FailedBinding, and so do the pods that mount it.

Leave storageClassName out for the default class, name a class, or add the volume.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    PersistentVolume,
    PersistentVolumeClaimSpec,
    rule,
)


@rule(Category.ADVICE, needs=("storageClassName",))
def check(claim: PersistentVolumeClaimSpec, cluster: Cluster) -> Findings:
    """Follows syncUnboundClaim of the volume controller: claims of the set and of templates, and no volume of their class."""
    name = claim.get("storageClassName")
    if not isinstance(name, str) or claim.get("volumeName"):
        return
    what = 'storageClassName: "" switches provisioning off'
    if name:
        found = cluster.get("storage.k8s.io", "StorageClass", "", name)
        if found is None or found.get("provisioner") != "kubernetes.io/no-provisioner":
            return
        what = f"the class {name} has no provisioner"
    if name and cluster.has_volume_of(name):
        return
    if not name and cluster.once(_has_volume_without_class):
        return
    yield claim["storageClassName"].found(
        f"{what}, and these manifests have no PersistentVolume of this class",
        consequence="without a volume that fits the claim stays Pending, and the pods that mount it",
        help="leave storageClassName out for the default class, name another class, or add the volume",
    )


def _has_volume_without_class(cluster: Cluster) -> bool:
    """Whether a PersistentVolume of the set has no class."""
    return any(not volume["spec"].get("storageClassName") for volume in cluster.all(PersistentVolume))
