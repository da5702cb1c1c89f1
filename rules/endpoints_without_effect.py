"""Endpoints or an EndpointSlice that no Service uses, or that is overwritten.

Hand-made Endpoints belong to the Service of the same name, an EndpointSlice to the one in its label
`kubernetes.io/service-name`, in the same namespace. The Service must have no selector: for one with a selector the
control plane writes Endpoints itself and replaces yours. Ports are matched by name.

Write a Service of that name without a selector, and the same port names in both.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Endpoints,
    EndpointSlice,
    Findings,
    Node,
    ports_of,
    resolve,
    rule,
    unresolved,
)

_SERVICE = "kubernetes.io/service-name"
_OF_CILIUM = "cilium.io/ingress"
"""Cilium sends what reaches such a Service to its proxy; the addresses of its Endpoints are never used."""


@rule(Category.RISKY)
def check(addresses: Endpoints | EndpointSlice, cluster: Cluster) -> Findings:
    """The Service that is meant: missing, with a selector of its own, or with other port names."""
    metadata = addresses["metadata"]
    if isinstance(addresses, Endpoints):
        node, groups = metadata["name"], [subset["ports"] for subset in addresses["subsets"].items()]
    else:
        node, groups = metadata["labels"][_SERVICE], [addresses["ports"]]
    name = node.value
    if not isinstance(name, str) or not name:
        return
    reference = resolve(cluster, addresses, "", "Service", name)
    service = reference.target
    if reference.fails:
        yield unresolved(node, reference, "Service", name, "no Service uses the addresses")
    if service is None or not reference.sure or service["metadata"]["labels"].get(_OF_CILIUM):
        return
    if isinstance(addresses, Endpoints) and service["spec"].get("selector"):
        yield node.found(
            f"the Service {name} has a selector, so the control plane writes its Endpoints",
            consequence="these addresses are replaced by those of the pods that the selector matches",
            help="remove the selector from the Service, or remove these Endpoints",
            related=(("the selector", service["spec"]["selector"]),),
        )
        return
    yield from _misnamed(groups, service, name)


def _misnamed(groups: list[Node], service: Node, name: str) -> Findings:
    known = {port.get("name") or "" for port in ports_of(service)}  # type: ignore[arg-type]
    for ports in groups:
        for port in ports.items():
            if known and port.get("name", "") not in known:
                yield port["name"].found(
                    f"the Service {name} has no port named {port.get('name', 'so (this one has no name)')}",
                    consequence="the Service has no endpoint for its port: connections are refused",
                    help=f"write {' or '.join(sorted(one or 'no name' for one in known))}",
                    related=((f"the ports of the Service {name}", service["spec"]["ports"]),),
                )
