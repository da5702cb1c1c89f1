"""An Ingress that asks for a port which its Service does not have.

`port.number` is a port of the Service (`spec.ports[].port`), not the targetPort and not a port of the container;
`port.name` is the name of a Service port. Where there is none, the controller has no endpoints for the path and
answers 503, or refuses the whole Ingress.

Write a port of the Service.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Ingress,
    IngressBackend,
    has_port,
    ports_of,
    resolve,
    rule,
    says_ports,
)


@rule(Category.BROKEN, needs=("service",))
def check(backend: IngressBackend, cluster: Cluster) -> Findings:
    """Ports by number or name that the Service of the set lacks."""
    service = backend.value.get("service") if backend.value else None
    ingress = backend.root
    if not service or not service.get("port") or not isinstance(ingress, Ingress):
        return
    reference = resolve(cluster, ingress, "", "Service", service.get("name") or "")
    if reference.target is None or not reference.sure or not ports_of(reference.target):
        return
    key = "number" if service["port"].get("number") else "name"
    wanted = service["port"].get(key)
    if not wanted or wanted == "use-annotation" or has_port(reference.target, wanted):
        return
    target = [p for p in ports_of(reference.target) if wanted in (p.get("targetPort"), p.get("nodePort"))]
    yield backend["service"]["port"][key].found(
        f"the Service {reference.target.name} has no port {wanted}; it has {says_ports(reference.target)}",
        consequence="requests for this path get 503 Service Unavailable",
        help=f"write the port of the Service: {target[0].get('port')}" if target else "write a port of the Service",
        related=((f"the ports of the Service {reference.target.name}", reference.target["spec"]["ports"]),),
    )
