"""Claims and volumes: binding, provisioning, protection of what is in use, generic ephemeral volumes.

Follows pkg/controller/volume/{persistentvolume,pvcprotection,ephemeral} and the scheduler's volumebinding plugin. A
class of the profile, and a StorageClass among the objects whose provisioner is not kubernetes.io/no-provisioner, has
a working provisioner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kubetrial.lint.facts import binding, selectors
from kubetrial.lint.facts.resources import thousandths
from kubetrial.lint.trial.admission import AdmissionRefused, default_class
from kubetrial.lint.trial.objects import Change, StoredNode, StoredObject, StoredPod
from kubetrial.lint.trial.timeline import Cause
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.records import dataclass

NAME = "claims"

PROTECTION, VOLUME_PROTECTION = "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"
RESYNC_SECONDS = 15.0
"""After which the controller looks at every claim again."""
PROVISION_SECONDS = 0.1
"""From the choice of a node for a claim until it is bound, be it to a volume that is there or to a new one."""
SOURCES = (
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker",
    "gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume",
    "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
)  # fmt: skip
"""Where the data of a PersistentVolume are; one that was provisioned here names none."""


def assumed_pods() -> dict[int | str, str]:
    """The pods that the scheduler keeps a place for until their claims are bound: uid -> node."""
    return {}


def _users() -> dict[tuple[str, str], dict[int, StoredPod]]:
    """(namespace, name) of a claim -> the pods whose volumes name it."""
    return {}


NO_PROVISIONER = "kubernetes.io/no-provisioner"
RWOP_IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)


@dataclass(slots=True)
class ClaimState:
    """A claim's phase and its volume; `selected`: the scheduler has chosen a node for it."""

    phase: str = "Pending"
    volume: StoredObject | None = None
    selected: str | None = None
    choice: StoredObject | None = None
    due: float = 0.0
    """When what the scheduler has chosen (a volume, or a new one) is bound."""
    alone: bool = False
    """It was made before its pod, and nothing has happened since that tells the controller of the pod."""


@dataclass(slots=True)
class VolumeState:
    """A volume's phase (Available, Bound, Released) and the uid of its claim.

    `attached`: the node that has it, `unneeded`: since when nobody there uses it (both of attachment.py).
    """

    phase: str = "Available"
    claim: int | None = None
    attached: str | None = None
    unneeded: float | None = None


@dataclass(frozen=True, slots=True)
class StorageProblem:
    """Why no node at all will do."""

    text: str
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Class:
    """What matters of a storage class."""

    delayed: bool
    provisions: bool
    reclaim: str = "Delete"


def storage_class(world: World, name: str) -> Class | None:
    """A class by name: of the objects given, else of the profile; None when there is none."""
    found = world.find("StorageClass", "", name)
    if found is not None:
        m = found.manifest
        return Class(
            m.get("volumeBindingMode") == "WaitForFirstConsumer",
            m.get("provisioner") != NO_PROVISIONER,
            str(m.get("reclaimPolicy") or "Delete"),
        )
    mode = world.profile.storage_classes.get(name)
    if mode is not None:
        return Class(mode == "WaitForFirstConsumer", True)
    return Class(True, True) if not world.profile.closed_world and name else None


def class_of(claim: StoredObject) -> str:
    """The name of a claim's class; "" for none."""
    return str(binding.class_of(plain(claim)) or "")


def plain(obj: StoredObject) -> Mapping[str, Any]:
    """A claim or volume as a plain object, as it is now."""
    metadata = {
        "name": obj.name, "namespace": obj.namespace, "labels": obj.labels, "annotations": obj.annotations,
    }  # fmt: skip
    return {"metadata": metadata, "spec": obj.spec}


def state(claim: StoredObject) -> ClaimState:
    """A claim's state."""
    if claim.state is None:
        claim.state = ClaimState()
    found: ClaimState = claim.state
    return found


def volume_state(volume: StoredObject) -> VolumeState:
    """A volume's state."""
    if volume.state is None:
        volume.state = VolumeState()
    found: VolumeState = volume.state
    return found


# ---------------------------------------------------------------------- the claims controller


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a claim, or of a volume."""
    obj: StoredObject | None = world.get(key)
    if obj is None:
        return None
    if obj.kind == "PersistentVolume":
        if obj.deleting is not None:
            if volume_state(obj).phase != "Bound":
                world.release(obj, VOLUME_PROTECTION)
            return None
        for claim in world.all("PersistentVolumeClaim"):
            if state(claim).phase == "Pending":
                # The controller looks at claims for a new volume in its own time, unless the volume names the claim.
                late = 0.0 if obj.spec.get("claimRef") else RESYNC_SECONDS / 2
                world.wake(NAME, claim.uid, now + late)
        return None
    own = state(obj)
    if now > obj.created:
        own.alone = False
    if obj.deleting is not None:
        if not any(p.node is not None for p in users(world, obj)):
            world.release(obj, PROTECTION)
        return None
    if own.phase == "Pending" and own.selected is not None:
        return _bind_chosen(world, obj, own, now)
    if own.phase == "Pending":
        _bind_pending(world, obj, own)
        if own.alone:
            return now + RESYNC_SECONDS
    return None


def _bind_chosen(world: World, claim: StoredObject, own: ClaimState, now: float) -> float | None:
    """Do what the scheduler has chosen for a claim, when its time has come."""
    if now < own.due:
        return own.due
    if own.choice is not None and volume_state(own.choice).phase == "Available":
        bind(world, claim, own.choice)
    else:
        _bind_pending(world, claim, own)
    return None


def _take_default_class(world: World, claim: StoredObject) -> str:
    """A claim that was made when there was no default class gets the one that there is now."""
    name = default_class(world)
    if name:
        claim.spec = {**claim.spec, "storageClassName": name}
    return name


def _bind_pending(world: World, claim: StoredObject, own: ClaimState) -> None:
    wanted = claim.spec.get("volumeName")
    if wanted:
        volume = world.find("PersistentVolume", "", wanted)
        if volume is None and not world.profile.closed_world:
            _provision(world, claim, wanted, class_of(claim), "Retain")
        elif volume is not None and not _free_for(volume, claim):
            text = f'volume "{volume.name}" already bound to a different claim.'
            _pending(world, claim, "FailedBinding", text, claim.cause("volumeName"))
        elif volume is not None and binding.misfit(plain(volume), plain(claim)) is None:
            bind(world, claim, volume)
        return
    name = class_of(claim)
    if not name and "storageClassName" not in claim.spec:
        name = _take_default_class(world, claim)
    cls = storage_class(world, name) if name else None
    delayed = cls is not None and cls.delayed
    volume = find_volume(world, claim, None, only_reserved=delayed)
    if volume is not None:
        bind(world, claim, volume)
    elif delayed and own.selected is None:
        waiting = [] if own.alone else [p for p in users(world, claim) if p.node is None]
        if waiting:
            text = "waiting for pod " + ",".join(p.subject for p in waiting) + " to be scheduled"
            _pending(world, claim, "WaitForPodScheduled", text)
        else:
            _pending(world, claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
    elif name:
        if cls is None:
            text = f'storageclass.storage.k8s.io "{name}" not found'
            _pending(world, claim, "ProvisioningFailed", text, claim.cause("storageClassName"))
        elif not cls.provisions:
            _pending(
                world,
                claim,
                "ProvisioningFailed",
                f'class "{name}" has no provisioner',
                claim.cause("storageClassName"),
            )
        else:
            _provision(world, claim, f"pvc-{claim.uid}", name, cls.reclaim)
    else:
        text = "no persistent volumes available for this claim and no storage class is set"
        _pending(world, claim, "FailedBinding", text, claim.cause("storageClassName"))


def _pending(world: World, claim: StoredObject, reason: str, message: str, cause: Cause | None = None) -> None:
    world.event_once(claim, "pending", {"reason": reason}, message=message, cause=cause)


def _provision(world: World, claim: StoredObject, name: str, class_name: str, reclaim: str) -> None:
    spec = {
        "capacity": {"storage": ((claim.spec.get("resources") or {}).get("requests") or {}).get("storage", "1Gi")},
        "accessModes": claim.spec.get("accessModes") or (),
        "volumeMode": claim.spec.get("volumeMode", "Filesystem"),
        "persistentVolumeReclaimPolicy": reclaim,
        "storageClassName": class_name,
        "claimRef": {"namespace": claim.namespace, "name": claim.name},
    }
    volume = world.create("PersistentVolume", claim, name, spec, controller=False)
    bind(world, claim, volume)


def bind(world: World, claim: StoredObject, volume: StoredObject) -> None:
    """Bind a claim to a volume."""
    own, theirs = state(claim), volume_state(volume)
    own.phase, own.volume = "Bound", volume
    theirs.phase, theirs.claim = "Bound", claim.uid
    world.event(claim, "bound")
    world.changed(claim)


def find_volume(
    world: World,
    claim: StoredObject,
    node: StoredNode | None,
    only_reserved: bool = False,
    without: Collection[int] = (),
) -> StoredObject | None:
    """The volume that a claim gets: one reserved for it, else the smallest that fits (FindMatchingVolume).

    With a node, only what can be reached from there; without, volumes with fewer access modes come first. `without`
    leaves out volumes by their uids.
    """
    best: StoredObject | None = None
    rank: tuple[int, int] = (0, 0)
    wanted = plain(claim)
    for volume in world.all("PersistentVolume"):
        spec, theirs = volume.spec, volume_state(volume)
        if theirs.phase != "Available" or volume.deleting is not None or volume.uid in without:
            continue
        if not _free_for(volume, claim) or binding.misfit(plain(volume), wanted) is not None:
            continue
        if binding.is_reserved(plain(volume)):
            return volume if node is None or reachable(volume, node) else None  # whatever its class
        if only_reserved or (node is not None and not reachable(volume, node)):
            continue
        modes = len(spec.get("accessModes") or ()) if node is None else 0
        own = (modes, thousandths((spec.get("capacity") or {}).get("storage", 0)))
        if best is None or own < rank:
            best, rank = volume, own
    return best


def _free_for(volume: StoredObject, claim: StoredObject) -> bool:
    """Whether a volume is nobody's, or this claim's (IsVolumeBoundToClaim)."""
    theirs = volume_state(volume)
    if theirs.claim is not None and theirs.claim != claim.uid:
        return False
    is_meant = theirs.phase == "Available" and binding.is_for(plain(volume), plain(claim))
    return is_meant or not binding.is_reserved(plain(volume))


def reachable(volume: StoredObject, node: StoredNode) -> bool:
    """Whether a volume's node affinity matches a node."""
    required = (volume.spec.get("nodeAffinity") or {}).get("required")
    return not required or any(
        selectors.node_term(t, node.labels, node.name) for t in required.get("nodeSelectorTerms") or ()
    )


_STABLE = {
    "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
}
"""Labels of volumes that say where they are, and the newer label of nodes for the same."""


def in_zone(volume: StoredObject, node: StoredNode) -> bool:
    """Whether a node is in one of the zones and regions that a volume's labels name (scheduler plugin VolumeZone).

    Several zones are written with `__` between them; a node without such labels has no zone to be wrong.
    """
    if not any(label in node.labels for label in _STABLE):
        return True
    for label, stable in _STABLE.items():
        zones = volume.labels.get(label)
        if zones and node.labels.get(label, node.labels.get(stable)) not in str(zones).split("__"):
            return False
    return True


# ---------------------------------------------------------------------- pods and their claims


def claim_names(pod: StoredPod) -> Iterator[tuple[int, str, Mapping[str, Any] | None]]:
    """(index of the volume, name of the claim, template of a generic ephemeral volume or None) of a pod."""
    for i, v in enumerate(pod.spec.get("volumes") or ()):
        claim, ephemeral = v.get("persistentVolumeClaim"), v.get("ephemeral")
        if claim:
            yield i, str(claim.get("claimName")), None
        elif ephemeral:
            yield i, f"{pod.name}-{v.get('name')}", ephemeral.get("volumeClaimTemplate") or {}


def users(world: World, claim: StoredObject) -> list[StoredPod]:
    """The pods whose volumes name a claim."""
    return list(world.kept(_users).get((claim.namespace, claim.name), {}).values())


def unbound(world: World, pod: StoredPod) -> bool:
    """Whether a claim of a pod that has its node is not bound: the node agent cannot mount it."""
    for _, name, _ in claim_names(pod):
        claim = world.find("PersistentVolumeClaim", pod.namespace, name)
        if (claim is None and world.profile.closed_world) or (claim is not None and state(claim).phase != "Bound"):
            return True
    return False


def problem(world: World, pod: StoredPod) -> StorageProblem | None:
    """What keeps a pod from every node: a claim that is missing, being deleted, lost, not yet bound, or in use
    elsewhere.
    """
    assumed = world.kept(assumed_pods)
    for i, name, template in claim_names(pod):
        cause = pod.cause("volumes", i)
        claim = world.find("PersistentVolumeClaim", pod.namespace, name)
        if claim is None:
            if not world.profile.closed_world:
                continue
            if template is not None:
                return StorageProblem(
                    f'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"', cause
                )
            return StorageProblem(f'persistentvolumeclaim "{name}" not found', cause)
        if claim.deleting is not None:
            return StorageProblem(f'persistentvolumeclaim "{name}" is being deleted', cause)
        own = state(claim)
        if own.phase == "Lost":
            return StorageProblem(f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume', cause)
        if own.phase == "Pending":
            cls = storage_class(world, class_of(claim)) if class_of(claim) else None
            if cls is None or not cls.delayed or claim.spec.get("volumeName"):
                return StorageProblem("pod has unbound immediate PersistentVolumeClaims", cause)
        if "ReadWriteOncePod" in (claim.spec.get("accessModes") or ()) and any(
            p.uid != pod.uid and (p.node is not None or p.uid in assumed) and not p.terminal
            for p in users(world, claim)
        ):
            n = len(world.nodes)
            return StorageProblem(f"{n} {RWOP_IN_USE}", claim.cause("accessModes") or cause)
    return None


def node_problem(world: World, pod: StoredPod, node: StoredNode) -> str:
    """What keeps a pod from one node: a bound volume that is not there, or no volume to be had there."""
    for _, name, _ in claim_names(pod):
        claim = world.find("PersistentVolumeClaim", pod.namespace, name)
        volume = None if claim is None else state(claim).volume
        if volume is not None and not reachable(volume, node):
            return "node(s) didn't match PersistentVolume's node affinity"
        if volume is not None and not in_zone(volume, node):
            return "node(s) had no available volume zone"
    for claim, found in _matches(world, pod, node):
        if state(claim).selected not in (None, node.name):
            return "node(s) didn't find available persistent volumes to bind"
        cls = storage_class(world, class_of(claim))
        if found is None and (cls is None or not cls.provisions):
            return "node(s) didn't find available persistent volumes to bind"
    return ""


def _matches(world: World, pod: StoredPod, node: StoredNode) -> list[tuple[StoredObject, StoredObject | None]]:
    """(claim, volume on this node) of a pod's unbound claims: the smallest claim chooses first (findMatchingVolumes)."""
    named = (world.find("PersistentVolumeClaim", pod.namespace, name) for _, name, _ in claim_names(pod))
    pending = {claim.uid: claim for claim in named if claim is not None and state(claim).phase == "Pending"}
    taken: list[int] = []
    found = []
    for claim in sorted(pending.values(), key=lambda claim: binding.asked(claim.spec)):
        volume = find_volume(world, claim, node, without=taken) if state(claim).selected is None else None
        if volume is not None:
            taken.append(volume.uid)
        found.append((claim, volume))
    return found


def choose(world: World, pod: StoredPod, node: StoredNode) -> bool:
    """Settle what the claims of a pod that gets a node are bound to. Answers whether one has to be bound first."""
    matches = _matches(world, pod, node)
    for claim, volume in matches:
        own = state(claim)
        if own.selected is None:
            own.selected, own.choice, own.due = node.name, volume, world.now + PROVISION_SECONDS
            world.wake(NAME, claim.uid)
    return bool(matches)


def _ephemeral(world: World, pod: StoredPod) -> None:
    """Create the claims of generic ephemeral volumes; they belong to the pod and go with it."""
    for i, name, template in claim_names(pod):
        if template is not None and world.find("PersistentVolumeClaim", pod.namespace, name) is None:
            metadata = template.get("metadata") or {}
            try:
                claim = world.create(
                    "PersistentVolumeClaim", pod, name, template.get("spec") or {}, labels=metadata.get("labels") or {},
                    path=("volumes", i, "ephemeral", "volumeClaimTemplate", "spec"),
                )  # fmt: skip
            except AdmissionRefused as refused:
                world.failed_create(pod, refused)
                continue
            claim.finalizers.add(PROTECTION)


def _on_change(world: World, obj: StoredObject, change: Change) -> None:
    if isinstance(obj, StoredPod):
        _pod_changed(world, obj, change)
    elif obj.kind == "PersistentVolumeClaim":
        if change == "deleted":
            _claim_gone(world, obj)
        else:
            if change == "added":
                obj.finalizers.add(PROTECTION)
                state(obj).alone = not users(world, obj)
            world.wake(NAME, obj.uid)
    elif obj.kind == "PersistentVolume":
        if change == "deleted":
            for claim in world.all("PersistentVolumeClaim"):
                if state(claim).volume is obj:
                    state(claim).phase = "Lost"
                    world.event(claim, "lost")
        else:
            if change == "added":
                obj.finalizers.add(VOLUME_PROTECTION)
            world.wake(NAME, obj.uid)
    else:
        for claim in world.all("PersistentVolumeClaim"):
            if state(claim).phase == "Pending":
                world.wake(NAME, claim.uid, world.now + RESYNC_SECONDS / 2)


def _pod_changed(world: World, pod: StoredPod, change: Change) -> None:
    if not pod.spec.get("volumes"):
        return
    by_claim = world.kept(_users)
    for _, name, _ in claim_names(pod):
        users = by_claim.setdefault((pod.namespace, name), {})
        if change == "deleted":
            users.pop(pod.uid, None)
        else:
            users[pod.uid] = pod
        claim = world.find("PersistentVolumeClaim", pod.namespace, name)
        if claim is not None and claim.deleting is not None:
            world.wake(NAME, claim.uid)
    if change == "added":
        _ephemeral(world, pod)


def _claim_gone(world: World, claim: StoredObject) -> None:
    volume = state(claim).volume
    if volume is None or world.get(volume.uid) is None:
        return
    theirs = volume_state(volume)
    theirs.phase = "Released"
    world.changed(volume)
    if volume.spec.get("persistentVolumeReclaimPolicy") == "Delete":
        world.delete(volume)


def final(world: World, claim: StoredObject) -> dict[str, Any]:
    """The claim's last line."""
    return {"phase": state(claim).phase}


CONTROLLER = Controller(
    NAME,
    sync,
    watches=("Pod", "PersistentVolumeClaim", "PersistentVolume", "StorageClass"),
    on_change=_on_change,
    describes="PersistentVolumeClaim",
    final=final,
)
