"""Routes of the Gateway API: which Gateways they name, and which Services they send requests to."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Node

GROUP = "gateway.networking.k8s.io"
ROUTES = ("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute")


@dataclass(frozen=True, slots=True)
class Link:
    """A route's reference to another object: its place, and group, kind, name and namespace with their defaults."""

    node: Node
    group: str
    kind: str
    name: str
    namespace: str
    """Empty where the route names none: its own is meant."""

    @property
    def field(self) -> Node:
        """The name."""
        return self.node["name"]


def routes(cluster: Cluster) -> Iterator[Object]:
    """All routes of the set."""
    for kind in ROUTES:
        yield from cluster.kind(GROUP, kind)


def parents(route: Object) -> Iterator[Link]:
    """What a route attaches to: Gateways, mostly."""
    for node in route["spec"]["parentRefs"].items():
        yield _link(node, GROUP, "Gateway")


def backends(route: Object) -> Iterator[Link]:
    """Where a route sends requests: the backends of its rules, and those of mirrors."""
    for one in route["spec"]["rules"].items():
        for backend in one["backendRefs"].items():
            yield _link(backend, "", "Service")
            for mirror in backend["filters"].items():
                if mirror["requestMirror"]["backendRef"].present:
                    yield _link(mirror["requestMirror"]["backendRef"], "", "Service")
        for mirror in one["filters"].items():
            if mirror["requestMirror"]["backendRef"].present:
                yield _link(mirror["requestMirror"]["backendRef"], "", "Service")


def certificates(gateway: Object) -> Iterator[Link]:
    """The Secrets that the listeners of a Gateway present."""
    for listener in gateway["spec"]["listeners"].items():
        for node in listener["tls"]["certificateRefs"].items():
            yield _link(node, "", "Secret")


def _link(node: Node, group: str, kind: str) -> Link:
    def text(key: str, default: str) -> str:
        value = node.get(key, default)
        return value if isinstance(value, str) else ""

    return Link(node, text("group", group), text("kind", kind), text("name", ""), text("namespace", ""))
