"""What a pod is made of: containers, volumes, placement, security."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node

T = TypeVar("T")


class _Asked(Node):
    """A part of an object of which many rules ask the same."""

    __slots__ = ("_known",)

    def once(self, work: Callable[[Any], T]) -> T:
        """What a function gives for it, worked out when it is first asked for; nobody changes that."""
        try:
            return self._known[work]  # type: ignore[no-any-return]
        except AttributeError:
            self._known: dict[Callable[[Any], Any], Any] = {}
        except KeyError:
            pass
        found = self._known[work] = work(self)
        return found


class Container(_Asked):
    """A container of a pod: ordinary, init (native sidecars among them) or ephemeral."""

    __slots__ = ()
    schema = "core.v1.Container"

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self.get("name", ""))

    @property
    def is_init(self) -> bool:
        """Whether it stands in initContainers."""
        return self.parent is not None and self.parent.key == "initContainers"

    @property
    def is_sidecar(self) -> bool:
        """Whether it is a native sidecar: an init container that is restarted for ever."""
        return self.is_init and self.get("restartPolicy") == "Always"

    @property
    def pod(self) -> PodSpec:
        """The pod that it belongs to."""
        assert self.parent is not None
        above = self.parent.parent
        assert above is not None
        return above if isinstance(above, PodSpec) else PodSpec(above.document, above.parent, above.key, above.value)


class EnvVar(Node):
    """A variable of a container."""

    __slots__ = ()
    schema = "core.v1.EnvVar"


class EnvFromSource(Node):
    """A ConfigMap or Secret whose keys become variables."""

    __slots__ = ()
    schema = "core.v1.EnvFromSource"


class ResourceFieldSelector(Node):
    """An amount of a container's resources, given to a variable or a file."""

    __slots__ = ()
    schema = "core.v1.ResourceFieldSelector"


class ResourceRequirements(Node):
    """What a container asks for and may use; also of a whole pod."""

    __slots__ = ()
    schema = "core.v1.ResourceRequirements"

    @property
    def of_pod(self) -> bool:
        """Whether they are those of a whole pod."""
        return isinstance(self.parent, PodSpec)


class SecurityContext(Node):
    """What a container is allowed on its node."""

    __slots__ = ()
    schema = "core.v1.SecurityContext"


class PodSpec(_Asked):
    """The spec of a pod, in a Pod or in a workload's template."""

    __slots__ = ("_labels",)
    schema = "core.v1.PodSpec"

    @property
    def owner(self) -> Object:
        """The object that the pod spec stands in: the Pod itself, or the workload."""
        root = self.root
        return root if isinstance(root, Object) else Object(root.document, root.parent, root.key, root.value)

    @property
    def metadata(self) -> Node:
        """The metadata of the pod: of the Pod, or of the template."""
        assert self.parent is not None
        return self.parent["metadata"]

    @property
    def labels(self) -> Mapping[str, Any]:
        """The labels that its pods carry."""
        try:
            return self._labels
        except AttributeError:
            self._labels: Mapping[str, Any] = self.metadata["labels"].mapping()
            return self._labels

    @property
    def restart_policy(self) -> str:
        """`Always` where it is not set."""
        return str(self.get("restartPolicy") or "Always")

    def volume_names(self) -> set[str]:
        """The names that containers can mount: of its volumes, and of the claim templates of a StatefulSet."""
        names = {v["name"] for v in self.mapping().get("volumes") or () if v and v.get("name")}
        return names | self._templates()

    def claim_names(self) -> set[str]:
        """Those of them that can be block devices: claims, and volumes that make a claim of their own."""
        names = {
            v["name"]
            for v in self.mapping().get("volumes") or ()
            if v and v.get("name") and (v.get("persistentVolumeClaim") is not None or v.get("ephemeral") is not None)
        }
        return names | self._templates()

    def _templates(self) -> set[str]:
        owner = self.owner
        if owner.kind != "StatefulSet":
            return set()
        templates = (owner.mapping().get("spec") or {}).get("volumeClaimTemplates") or ()
        names = (((t or {}).get("metadata") or {}).get("name") for t in templates)
        return {name for name in names if name}

    def containers(self) -> Iterator[Container]:
        """The ordinary containers."""
        return self.views(Container, "containers")

    def init_containers(self) -> Iterator[Container]:
        """The init containers, native sidecars among them."""
        return self.views(Container, "initContainers")

    def all_containers(self) -> Iterator[Container]:
        """Init containers, then ordinary ones: the same nodes each time, for every rule about pods asks."""
        return iter(self.once(_containers_of))


def _containers_of(pod: PodSpec) -> tuple[Container, ...]:
    return (*pod.init_containers(), *pod.containers())


class Volume(Node):
    """A volume of a pod."""

    __slots__ = ()
    schema = "core.v1.Volume"


class NodeSelectorTerm(Node):
    """Which nodes are meant, by their labels or names."""

    __slots__ = ()
    schema = "core.v1.NodeSelectorTerm"


class PodAffinityTerm(Node):
    """Which pods a pod wants near, or far."""

    __slots__ = ()
    schema = "core.v1.PodAffinityTerm"


class TopologySpreadConstraint(Node):
    """How evenly pods spread over zones or nodes."""

    __slots__ = ()
    schema = "core.v1.TopologySpreadConstraint"


class Toleration(Node):
    """A taint that a pod bears."""

    __slots__ = ()
    schema = "core.v1.Toleration"


class PodDNSConfig(Node):
    """What a pod's resolv.conf holds."""

    __slots__ = ()
    schema = "core.v1.PodDNSConfig"


class PodResourceClaim(Node):
    """A claim on devices that the containers of a pod refer to by name."""

    __slots__ = ()
    schema = "core.v1.PodResourceClaim"


class Profile(Node):
    """A seccomp or AppArmor profile of a pod or a container."""

    __slots__ = ()


class SeccompProfile(Profile):
    """Which system calls are allowed."""

    __slots__ = ()
    schema = "core.v1.SeccompProfile"


class AppArmorProfile(Profile):
    """Which files and capabilities are allowed."""

    __slots__ = ()
    schema = "core.v1.AppArmorProfile"


class WindowsSecurityContextOptions(Node):
    """How a pod or container runs on Windows."""

    __slots__ = ()
    schema = "core.v1.WindowsSecurityContextOptions"
