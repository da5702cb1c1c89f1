"""Devices and the claims for them (resource.k8s.io)."""

from __future__ import annotations

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node


class DeviceClaim(Node):
    """Which devices a claim asks for."""

    __slots__ = ()
    schema = "resource.v1.DeviceClaim"


class DeviceRequest(Node):
    """A request of a claim for devices."""

    __slots__ = ()
    schema = "resource.v1.DeviceRequest"


class DeviceAmount(Node):
    """How many devices of a class are asked for."""

    __slots__ = ()


class ExactDeviceRequest(DeviceAmount):
    """A request for devices of one class."""

    __slots__ = ()
    schema = "resource.v1.ExactDeviceRequest"


class DeviceSubRequest(DeviceAmount):
    """One of the alternatives of a request for devices."""

    __slots__ = ()
    schema = "resource.v1.DeviceSubRequest"


class DeviceToleration(Node):
    """A taint of devices that a request accepts."""

    __slots__ = ()
    schema = "resource.v1.DeviceToleration"


class DeviceConstraint(Node):
    """What the devices of several requests must share."""

    __slots__ = ()
    schema = "resource.v1.DeviceConstraint"


class DeviceParameters(Node):
    """Configuration for the driver of a device."""

    __slots__ = ()
    schema = "resource.v1.OpaqueDeviceConfiguration"


class DeviceAttribute(Node):
    """A property of a device."""

    __slots__ = ()
    schema = "resource.v1.DeviceAttribute"


class Device(Node):
    """A device of a node."""

    __slots__ = ()
    schema = "resource.v1.Device"


class ResourceSlice(Object):
    """Devices that a driver offers."""

    __slots__ = ()
    schema = "resource.v1.ResourceSlice"


class CelDeviceSelector(Node):
    """A choice of devices, written in CEL."""

    __slots__ = ()
    schema = "resource.v1.CELDeviceSelector"


class DeviceClass(Object):
    """Devices that are asked for by one name."""

    __slots__ = ()
    schema = "resource.v1.DeviceClass"
