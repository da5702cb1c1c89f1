"""A claim whose StorageClass is called `default`, as if that meant the default class.

`storageClassName: default` names a class called "default", which most clusters do not have; the claim stays Pending
("storageclass.storage.k8s.io \"default\" not found"). Unset means the default class, and "" means no class: only a volume without
a class can be bound.

Leave the field out to get the default class, or write a class's name.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, PersistentVolumeClaim, rule

_WORDS = ("default", "none", "null", "nil", "~")


@rule(Category.RISKY, needs=("storageClassName",))
def check(claim: PersistentVolumeClaim, cluster: Cluster) -> Findings:
    """One of the words, and no StorageClass or volume of that name in the set or the profile."""
    name = claim["spec"].get("storageClassName")
    if not isinstance(name, str) or name.lower() not in _WORDS or claim.parent is not None:
        return
    if cluster.get("storage.k8s.io", "StorageClass", "", name) or name in cluster.profile.get("storage_classes", ()):
        return
    if cluster.has_volume_of(name):
        return
    if any("azure" in obj.document.text.lower() for obj in cluster.objects):
        return  # clusters of Azure have a class called default
    yield claim["spec"]["storageClassName"].found(
        f"storageClassName {name} is the name of a class, not the default one",
        consequence=f"where no class is called {name} the claim stays Pending with ProvisioningFailed",
        help="remove the field to get the cluster's default class",
    )
