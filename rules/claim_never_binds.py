"""A claim that the volume meant for it does not satisfy, so it stays Pending.

A claim gets a PersistentVolume of the same class (`""` is a class of its own: no class), at least the requested size, the
same volumeMode and all requested access modes; with `volumeName` exactly that one. A volume that is reserved by `claimRef`
goes to no other claim, and to that one whatever its class and selector. When the volume that stands beside the claim differs
in one of these, the claim waits for ever with `FailedBinding` or `ProvisioningFailed`, and so do its pods ("pod has unbound
immediate PersistentVolumeClaims").

Make class, size, mode and access modes of the volume and the claim agree.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Neighbours,
    Node,
    PersistentVolume,
    PersistentVolumeClaim,
    circles,
    rule,
)
from kubetrial.lint.facts import binding, selectors
from kubetrial.lint.facts.binding import OLD_CLASS as _OLD_CLASS


@rule(Category.RISKY)
def check(claim: PersistentVolumeClaim, cluster: Cluster) -> Findings:
    """The volumes of the set that are meant for a claim, and the first thing in which they differ from it."""
    if claim.parent is not None or not cluster.kind("", "PersistentVolume"):
        return
    meant = [volume for volume in _candidates(claim, cluster) if is_meant(volume, claim, cluster)]
    meant.sort(key=lambda volume: not volume["spec"]["claimRef"].get("name"))
    if not meant or any(differs(volume, claim) is None for volume in meant):
        return
    volume = meant[0]
    reason = differs(volume, claim)
    assert reason is not None
    what, mine, theirs = reason
    if cluster.is_rewritten(claim, volume):
        return
    yield mine.found(
        f"the claim {claim.name} does not get the volume {volume.name}: {what}",
        consequence="the claim stays Pending, and pods that mount it do not start",
        help="name a volume that is free" if what.startswith("it is reserved") else "write the same in both",
        related=((f"the volume {volume.name}", theirs),),
    )


def _candidates(claim: PersistentVolumeClaim, cluster: Cluster) -> list[PersistentVolume]:
    """The volumes beside a claim that can be meant for it: by its name, by theirs, or by their class (of equal ones the first)."""
    volumes = cluster.once(_volumes)
    wanted = claim["spec"]
    if wanted.get("volumeName"):
        traits = [("named", str(wanted.get("volumeName")))]
    else:
        by_labels = "class and labels" if wanted["selector"].get("matchLabels") else "class"
        traits = [("reserved", claim.name), (by_labels, str(wanted.get("storageClassName")))]
    return [volume for trait in traits for _, volume in volumes.beside(claim, trait)]


def _volumes(cluster: Cluster) -> Neighbours[PersistentVolume]:
    return Neighbours(cluster, _by_what_they_are_for(cluster))


def _by_what_they_are_for(cluster: Cluster) -> Iterator[tuple[tuple[str, str], PersistentVolume]]:
    """(trait, volume): its name, the claim that it is reserved for, or its class."""
    seen = set()
    for volume in cluster.all(PersistentVolume):
        own = volume["spec"]
        yield ("named", volume.name), volume
        if own["claimRef"].get("name"):
            yield ("reserved", str(own["claimRef"].get("name"))), volume
            continue
        looks = [volume.annotations.get(_OLD_CLASS), *map(own.get, ("capacity", "volumeMode", "accessModes"))]
        for kind, look in ("class", repr(looks)), ("class and labels", repr((looks, volume.labels))):
            trait = kind, str(own.get("storageClassName", ""))
            if (trait, look, circles(cluster, volume)) not in seen:
                seen.add((trait, look, circles(cluster, volume)))
                yield trait, volume


def is_meant(volume: PersistentVolume, claim: PersistentVolumeClaim, cluster: Cluster) -> bool:
    """Whether a claim can only want this volume: it names it, is named by it, or shares its class without a provisioner."""
    wanted, own = claim["spec"], volume["spec"]
    if wanted.get("volumeName"):
        return bool(wanted.get("volumeName") == volume.name)
    reference = own["claimRef"]
    if reference.get("name"):
        return reference.get("name") == claim.name and reference.get("namespace", "default") in (
            claim.namespace or "default",
        )
    name = wanted.get("storageClassName")
    if name is None or claim.annotations.get(_OLD_CLASS):
        return False
    if not selectors.matches(wanted["selector"].mapping(), volume.labels):
        return False
    if own.get("storageClassName", "") != name:
        return False
    found = cluster.get("storage.k8s.io", "StorageClass", "", name)
    provisions = found is not None and found.get("provisioner") != "kubernetes.io/no-provisioner"
    return not provisions and (name == "" or found is not None or name in ("manual", "local-storage"))


def differs(volume: PersistentVolume, claim: PersistentVolumeClaim) -> tuple[str, Node, Node] | None:
    """(what differs, at the claim, at the volume), or None."""
    plain = claim.value
    if not claim.namespace:  # whoever applies it decides: in the best case where the volume is reserved for it
        plain = {
            **plain,
            "metadata": {**claim["metadata"].mapping(), "namespace": volume["spec"]["claimRef"].get("namespace")},
        }
    misfit = binding.misfit(volume.value, plain, any_class=True)
    if misfit is None:
        return None
    wanted, own = claim["spec"], volume["spec"]
    mine, theirs = wanted.get(misfit), own.get(misfit)
    if misfit == "claimRef":
        meant = own["claimRef"]
        whose = "/".join(str(part) for part in (meant.get("namespace"), meant.get("name")) if part)
        return f"it is reserved for the claim {whose}", wanted["volumeName"], meant
    if misfit == "storage":
        asked, given = wanted["resources"]["requests"]["storage"], own["capacity"]["storage"]
        return f"it asks for {asked.value} and the volume has {given.value}", asked, given
    if misfit == "storageClassName":
        mine, theirs = binding.class_of(claim.value), binding.class_of(volume.value)
        said = f"its class is {mine or 'none'}, that of the volume {theirs or 'none'}"
    elif misfit == "volumeMode":
        said = f"its volumeMode is {mine or 'Filesystem'}, that of the volume {theirs or 'Filesystem'}"
    elif misfit == "accessModes":
        lacking = " and ".join(binding.lacking_modes(volume.value, claim.value))
        said = f"it asks for {lacking}, which the volume does not offer"
    elif misfit == "selector":
        return "its selector does not match the labels of the volume", wanted["selector"], volume["metadata"]["labels"]
    else:
        said = f"its {misfit} is {mine or 'none'}, that of the volume {theirs or 'none'}"
    return said, wanted[misfit], own[misfit]
