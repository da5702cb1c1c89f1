"""Services, endpoints, ingresses, network policies, and nodes, which have addresses too."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.objects.views.base import LabelSelector, Object
from kubetrial.lint.yaml.node import Node


class AddressHolder(Object):
    """An object that holds IP addresses or ranges."""

    __slots__ = ()


class Service(AddressHolder):
    """A stable address for pods."""

    __slots__ = ()
    schema = "core.v1.Service"

    @property
    def selector(self) -> LabelSelector:
        """Its selector, which is a plain map of labels, as one with matchLabels."""
        spec = self["spec"]
        return LabelSelector(self.document, spec, "selector", {"matchLabels": spec["selector"].mapping()})

    @property
    def is_headless(self) -> bool:
        """Whether its DNS name stands for the pods themselves."""
        return bool(self["spec"].get("clusterIP") == "None")

    @property
    def cluster_ips(self) -> list[Any]:
        """Its addresses as the server reads them: `clusterIPs`, or `clusterIP` alone."""
        spec = self["spec"]
        single = spec.get("clusterIP")
        return list(spec.get("clusterIPs") or ([single] if single else []))

    @property
    def has_no_address(self) -> bool:
        """Whether `None` is its only address: such a Service needs no ports."""
        return self.cluster_ips == ["None"]


class Ported(Node):
    """What has a list of ports with names: the spec of a Service, or a subset of Endpoints."""

    __slots__ = ()


class ServiceSpec(Ported):
    """The spec of a Service."""

    __slots__ = ()
    schema = "core.v1.ServiceSpec"


class Addressed(AddressHolder):
    """The addresses behind a Service, in either form."""

    __slots__ = ()


class Endpoints(Addressed):
    """The addresses behind a Service, in their old form."""

    __slots__ = ()
    schema = "core.v1.Endpoints"


class EndpointSubset(Ported):
    """Addresses and ports of Endpoints that belong together."""

    __slots__ = ()
    schema = "core.v1.EndpointSubset"


class EndpointSlice(Addressed):
    """A part of the addresses behind a Service."""

    __slots__ = ()
    schema = "discovery.v1.EndpointSlice"


class Ingress(Object):
    """Routes HTTP from outside to Services."""

    __slots__ = ()
    schema = "networking.v1.Ingress"


class IngressBackend(Node):
    """Where an Ingress sends requests: a Service or another resource."""

    __slots__ = ()
    schema = "networking.v1.IngressBackend"


class IngressPath(Node):
    """A path of an Ingress rule."""

    __slots__ = ()
    schema = "networking.v1.HTTPIngressPath"


class IngressClassSpec(Node):
    """Which controller serves a class of Ingresses."""

    __slots__ = ()
    schema = "networking.v1.IngressClassSpec"


class NetworkPolicy(AddressHolder):
    """Who may talk to some pods, and to whom they may talk."""

    __slots__ = ()
    schema = "networking.v1.NetworkPolicy"


class NetworkPolicyPort(Node):
    """A port, or a range of ports, of a NetworkPolicy."""

    __slots__ = ()
    schema = "networking.v1.NetworkPolicyPort"


class NetworkPolicyPeer(Node):
    """Who a NetworkPolicy lets in or out."""

    __slots__ = ()
    schema = "networking.v1.NetworkPolicyPeer"


class IPBlock(Node):
    """A range of addresses in a NetworkPolicy."""

    __slots__ = ()
    schema = "networking.v1.IPBlock"


class IPAddress(Object):
    """An address that is in use; its name is the address."""

    __slots__ = ()
    schema = "networking.v1.IPAddress"


class ServiceCIDR(Object):
    """A range that the addresses of Services are taken from."""

    __slots__ = ()
    schema = "networking.v1.ServiceCIDR"


class KubernetesNode(AddressHolder):
    """A machine of the cluster."""

    __slots__ = ()
    schema = "core.v1.Node"
