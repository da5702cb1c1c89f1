"""A hostPath volume that is taken to be the same on every node.

A PersistentVolume of type hostPath without nodeAffinity is a folder of whatever node the pod runs on. On a cluster
with several nodes a pod that moves finds an empty folder, and its data stays behind on the old node.

Use a `local` volume with nodeAffinity, or a storage class; hostPath is for clusters with one node.

See https://kubernetes.io/docs/concepts/storage/volumes/#local
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolume, rule


@rule(Category.ADVICE, needs=("hostPath",))
def check(volume: PersistentVolume) -> Findings:
    """hostPath, and nothing that says where."""
    if volume["spec"].get("hostPath") and not volume["spec"].get("nodeAffinity"):
        yield volume["spec"]["hostPath"].found(
            f"the volume {volume.name} is another folder on each node",
            key=True,
            consequence="a pod that moves to another node finds an empty folder",
            help="use a local volume with nodeAffinity, or a storage class",
        )
