"""Volumes, claims and their classes."""

from __future__ import annotations

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node


class StorageObject(Object):
    """A piece of storage, or a claim on one."""

    __slots__ = ()


class PersistentVolumeClaim(StorageObject):
    """A claim on storage."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeClaim"


class PersistentVolumeClaimSpec(Node):
    """What a claim asks for: of a PersistentVolumeClaim, a template of a StatefulSet, or an ephemeral volume."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeClaimSpec"


class PersistentVolume(StorageObject):
    """A piece of storage."""

    __slots__ = ()
    schema = "core.v1.PersistentVolume"


class PersistentVolumeSpec(Node):
    """What a piece of storage is; also the inline volume of a VolumeAttachment."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeSpec"
    SOURCES = (
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi",
        "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO",
        "local", "storageos", "csi",
    )  # fmt: skip
    """In the order in which the server looks at them: it takes the first and refuses the others."""

    @property
    def sources(self) -> list[str]:
        """The sources that are set, in the server's order."""
        values = self.mapping()
        return [name for name in self.SOURCES if values.get(name) is not None]


class Parametrised(Object):
    """A class of storage with parameters for its driver."""

    __slots__ = ()


class StorageClass(Parametrised):
    """How claims are provisioned."""

    __slots__ = ()
    schema = "storage.v1.StorageClass"


class VolumeAttributesClass(Parametrised):
    """Parameters of volumes that can change later."""

    __slots__ = ()
    schema = "storage.v1.VolumeAttributesClass"


class VolumeAttachment(Object):
    """A volume that is attached to a node."""

    __slots__ = ()
    schema = "storage.v1.VolumeAttachment"


class CSIDriver(Object):
    """How a storage driver wants to be used."""

    __slots__ = ()
    schema = "storage.v1.CSIDriver"


class CSINodeDriver(Node):
    """A storage driver on a node."""

    __slots__ = ()
    schema = "storage.v1.CSINodeDriver"
