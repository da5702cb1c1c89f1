"""Two Services that ask for the same node port or the same cluster IP.

Node ports belong to the whole cluster, whatever the namespace and the protocol, and a cluster IP to one Service. The
API server takes the first Service and refuses the second: "provided port is already allocated".

Leave `nodePort` and `clusterIP` out and let the server choose, or write different ones.

See https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Node,
    Service,
    applied_together,
    is_transformed,
    place,
    rule,
)


@rule(Category.BROKEN, needs=("nodePort", "healthCheckNodePort"))
def check(cluster: Cluster) -> Findings:
    """Ports and addresses that an earlier Service of the same cluster asks for."""
    first: dict[tuple[str, str, object], tuple[Service, Node]] = {}
    for service in cluster.all(Service):
        for what, node in _taken(service):
            key = (place(cluster, service), what, node.value)
            other, taken = first.setdefault(key, (service, node))
            if other.name == service.name and other.namespace == service.namespace:
                continue  # TCP and UDP of one Service share a node port; two of one name are one Service
            if is_transformed(cluster, service, other) or not applied_together(cluster, service, other):
                continue  # files of one folder may be alternatives
            yield node.found(
                f"the {what} {node.value} is taken by {other}",
                consequence="the API server takes one of the two Services and refuses the other",
                help=f"leave {node.key} out, or write another one",
                related=((f"the {what} of {other.name}", taken),),
            )


def _taken(service: Service) -> Iterator[tuple[str, Node]]:
    spec = service["spec"]
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        for port in spec["ports"].items():
            if port.get("nodePort").__class__ is int:
                yield "node port", port["nodePort"]
        if spec.get("healthCheckNodePort").__class__ is int:
            yield "node port", spec["healthCheckNodePort"]
    address = spec.get("clusterIP")
    if isinstance(address, str) and address not in ("", "None") and spec.get("type") != "ExternalName":
        yield "cluster IP", spec["clusterIP"]
