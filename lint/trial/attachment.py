"""Volumes that one node has at a time: attached where a pod needs them, detached when no pod there needs them.

Follows pkg/controller/volume/attachdetach. A volume whose access modes name neither ReadWriteMany nor ReadOnlyMany
belongs to one node; a pod that uses it on another one waits in ContainerCreating, with the event FailedAttachVolume
(older versions say "Multi-Attach error"), until the last pod that uses it on the first node has ended. A lost node
never says that its pods have ended: the volume stays there until the node is out of service or its object is gone.

Attaching and detaching take no time here. File shares and volumes of a node's own disk need no attaching, and a
profile without `attach_volumes` has no volumes that do.
"""

from __future__ import annotations

from kubetrial.lint.trial import storage
from kubetrial.lint.trial.objects import OUT_OF_SERVICE, Change, StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World

NAME = "attach-detach"

FORCED_SECONDS = 360.0
"""How long a volume that nobody needs stays on a node that does not answer."""

ATTACHED = ("awsElasticBlockStore", "azureDisk", "cinder", "csi", "fc", "gcePersistentDisk", "iscsi", "vsphereVolume")
"""Sources of a PersistentVolume that are attached to a node before they are mounted there."""
WITHOUT = ("nfs", "efs", "smb", "cifs", "hostpath", "local-path", "file.csi.azure", "filestore", "fsx", "cephfs",
           "glusterfs", "blob.csi", "s3.csi", "local.csi.openebs", "openebs.io/local", "topolvm")  # fmt: skip
"""Parts of the names of drivers and provisioners whose volumes need no attaching."""


def exclusive(world: World, volume: StoredObject) -> bool:
    """Whether a volume is attached to one node at a time."""
    if not world.profile.attach_volumes:
        return False
    modes = volume.spec.get("accessModes") or ()
    return bool(modes) and "ReadWriteMany" not in modes and "ReadOnlyMany" not in modes and _attached(world, volume)


def _attached(world: World, volume: StoredObject) -> bool:
    source = next((s for s in storage.SOURCES if s in volume.spec), "")
    if source:
        driver = str((volume.spec[source] or {}).get("driver") or "") if source == "csi" else ""
        return source in ATTACHED and _needs_attaching(world, driver)
    found = world.find("StorageClass", "", str(volume.spec.get("storageClassName") or ""))
    return found is None or _needs_attaching(world, str(found.manifest.get("provisioner") or ""))


def _needs_attaching(world: World, driver: str) -> bool:
    known: StoredObject | None = world.find("CSIDriver", "", driver)
    if known is not None and known.spec.get("attachRequired") is False:
        return False
    return not any(part in driver.lower() for part in WITHOUT)


def waits(world: World, pod: StoredPod) -> bool:
    """Whether a pod on a node waits for a volume that another node has."""
    return any(storage.volume_state(volume).attached != pod.node for volume in _volumes(world, pod))


def _volumes(world: World, pod: StoredPod) -> list[StoredObject]:
    """The volumes of a pod that belong to one node at a time."""
    if not world.profile.attach_volumes or not pod.spec.get("volumes"):
        return []
    claims = [world.find("PersistentVolumeClaim", pod.namespace, name) for _, name, _ in storage.claim_names(pod)]
    bound = [storage.state(claim).volume for claim in claims if claim is not None]
    return [volume for volume in bound if volume is not None and exclusive(world, volume)]


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a volume: detach it when nobody needs it where it is, attach it where it is needed (reconcile)."""
    volume: StoredObject | None = world.get(key)
    if volume is None or not exclusive(world, volume):
        return None
    own = storage.volume_state(volume)
    claim: StoredObject | None = world.get(own.claim) if own.claim is not None else None
    users = [] if claim is None else [p for p in storage.users(world, claim) if p.node is not None and not _ended(p)]
    again: float | None = None
    if own.attached is None or any(p.node == own.attached for p in users):
        own.unneeded = None
    else:
        own.unneeded = now if own.unneeded is None else own.unneeded
        if _can_detach(world, own.attached) or own.unneeded + FORCED_SECONDS <= now:
            own.attached = own.unneeded = None
        else:
            again = own.unneeded + FORCED_SECONDS
    if own.attached is None and users:
        own.attached = users[0].node
        for pod in users:
            if pod.node == own.attached:
                world.wake("pod", pod.uid)
    here = ", ".join(p.subject for p in users if p.node == own.attached)
    for pod in users:
        if pod.node != own.attached:
            _refuse(world, pod, volume, here)
    return again


def _ended(pod: StoredPod) -> bool:
    """Whether nothing of a pod runs any more (IsPodTerminated)."""
    return pod.terminal or (pod.deleting is not None and pod.run is None)


def _can_detach(world: World, name: str) -> bool:
    """Whether a node has let go of its volumes: it answers, it is out of service, or there is no such node."""
    node = world.nodes.get(name)
    return node is None or node.alive or any(t["key"] == OUT_OF_SERVICE for t in node.taints)


def _refuse(world: World, pod: StoredPod, volume: StoredObject, users: str) -> None:
    used = (
        f"already used by pod(s) {users}"
        if users
        else "already exclusively attached to one node, waiting on detach before it can be attached to another node"
    )
    message = f'Waiting for detach for volume "{volume.name}" Volume is {used}'
    claim: StoredObject | None = world.get(storage.volume_state(volume).claim or 0)
    cause = next(
        (
            pod.cause("volumes", i)
            for i, name, _ in storage.claim_names(pod)
            if claim is not None and name == claim.name
        ),
        None,
    )
    world.event_once(pod, "FailedAttachVolume", message=message, cause=cause)


def _on_change(world: World, obj: StoredObject, change: Change) -> None:
    if not world.profile.attach_volumes:
        return
    if isinstance(obj, StoredPod):
        for volume in _volumes(world, obj) if obj.node is not None else ():
            world.wake(NAME, volume.uid)
    elif obj.kind == "Node":
        for volume in world.all("PersistentVolume"):
            if storage.volume_state(volume).attached == obj.name:
                world.wake(NAME, volume.uid)
    else:
        bound: StoredObject | None = storage.state(obj).volume
        if bound is not None:
            world.wake(NAME, bound.uid)


CONTROLLER = Controller(NAME, sync, watches=("Pod", "Node", "PersistentVolumeClaim"), on_change=_on_change)
