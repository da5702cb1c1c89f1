"""Data, limits, and the small kinds of the core: namespaces, events, classes of pods."""

from __future__ import annotations

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node


class PriorityClass(Object):
    """How important a pod is."""

    __slots__ = ()
    schema = "scheduling.v1.PriorityClass"


class Data(Object):
    """Keys and values that pods read."""

    __slots__ = ()


class Secret(Data):
    """Confidential data."""

    __slots__ = ()
    schema = "core.v1.Secret"


class ConfigMap(Data):
    """Configuration as keys and values."""

    __slots__ = ()
    schema = "core.v1.ConfigMap"


class ResourceQuota(Object):
    """What the objects of a namespace may use together."""

    __slots__ = ()
    schema = "core.v1.ResourceQuota"


class LimitRange(Object):
    """What one object of a namespace may use, and what it gets by default."""

    __slots__ = ()
    schema = "core.v1.LimitRange"


class LimitRangeItem(Node):
    """The limits of one type of object."""

    __slots__ = ()
    schema = "core.v1.LimitRangeItem"


class Namespace(Object):
    """A namespace."""

    __slots__ = ()
    schema = "core.v1.Namespace"


class AnyEvent(Object):
    """An event of either API group."""

    __slots__ = ()


class CoreEvent(AnyEvent):
    """An event of the core API group."""

    __slots__ = ()
    schema = "core.v1.Event"


class Event(AnyEvent):
    """An event."""

    __slots__ = ()
    schema = "events.v1.Event"


class RuntimeClass(Object):
    """How pods are run."""

    __slots__ = ()
    schema = "node.v1.RuntimeClass"
