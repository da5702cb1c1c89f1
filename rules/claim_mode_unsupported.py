"""A claim that asks a block storage driver for a file system on many nodes.

Drivers for disks (EBS, Compute Engine persistent disks, Azure disks) attach a volume to one node. A claim with
`ReadWriteMany` on a class of theirs stays Pending with `ProvisioningFailed`, or its second pod on another node does
not start.

Use a file storage class (EFS, Filestore, Azure Files, NFS), or ReadWriteOnce with a claim for each pod.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, PersistentVolumeClaimSpec, rule

_DISKS = frozenset(
    (
        "ebs.csi.aws.com", "kubernetes.io/aws-ebs", "pd.csi.storage.gke.io", "kubernetes.io/gce-pd", "disk.csi.azure.com",
        "kubernetes.io/azure-disk", "cinder.csi.openstack.org", "kubernetes.io/cinder", "csi.hetzner.cloud",
        "dobs.csi.digitalocean.com", "kubernetes.io/vsphere-volume",
    )
)  # fmt: skip


@rule(Category.RISKY, needs=("storageClassName",))
def check(claim: PersistentVolumeClaimSpec, cluster: Cluster) -> Findings:
    """ReadWriteMany or ReadOnlyMany as a file system, and a class of the set whose driver attaches disks."""
    name = claim.get("storageClassName")
    modes = claim.get("accessModes") or ()
    if not name or "ReadWriteMany" not in modes or claim.get("volumeMode") == "Block" or claim.get("volumeName"):
        return
    variants = cluster.named("storage.k8s.io", "StorageClass", str(name))
    if variants and all(variant.get("provisioner") in _DISKS for variant in variants):
        cls = variants[0]
        yield claim["accessModes"].found(
            f"the class {name} makes disks for one node ({cls.get('provisioner')}), and the claim asks "
            "for ReadWriteMany",
            consequence="the claim stays Pending, or pods on a second node do not start",
            help="use a class for shared file storage, or ReadWriteOnce",
            related=(("the class", cls["provisioner"]),),
        )
