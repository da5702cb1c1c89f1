"""A class without a provisioner that binds claims before a node is chosen.

`kubernetes.io/no-provisioner` makes no volumes: claims get PersistentVolumes that somebody has made, mostly disks of
single nodes. With `volumeBindingMode: Immediate`, the default, a claim is bound to any of them at once, and the pod has
to run on that node, whether or not it may or fits there: it stays Pending ("volume node affinity conflict").

Write `volumeBindingMode: WaitForFirstConsumer`.

See https://kubernetes.io/docs/concepts/storage/storage-classes/#local
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, PersistentVolume, StorageClass, rule


@rule(Category.RISKY, needs=("provisioner",))
def check(storage_class: StorageClass, cluster: Cluster) -> Findings:
    """Follows syncUnboundClaim of the volume controller; a class of which all volumes can be had on every node is left alone."""
    if storage_class.get("provisioner") != "kubernetes.io/no-provisioner":
        return
    if storage_class.get("volumeBindingMode", "Immediate") != "Immediate":
        return
    volumes = [v for v in cluster.all(PersistentVolume) if v["spec"].get("storageClassName") == storage_class.name]
    if volumes and not any(v["spec"]["local"].present or v["spec"]["nodeAffinity"].present for v in volumes):
        return
    mode = storage_class["volumeBindingMode"]
    yield (mode if mode.present else storage_class["provisioner"]).found(
        f"the class {storage_class.name} has no provisioner and binds its claims at once (Immediate)",
        consequence=(
            "it makes no volumes, and a claim is bound to a volume of any node before the pod has one: pods stay Pending, "
            "volume node affinity conflict"
        ),
        help="write volumeBindingMode: WaitForFirstConsumer",
    )
