"""A route that asks for a port which its Service does not have.

`port` of a backend is a port of the Service (`spec.ports[].port`), not the targetPort. Where there is none, the
condition ResolvedRefs is False and its share of the requests gets 500.

Write a port of the Service.

See https://gateway-api.sigs.k8s.io/api-types/httproute/#backendrefs-optional
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, has_port, ports_of, resolve, rule, says_ports
from kubetrial.lint.objects.gateways import backends, routes


@rule(Category.BROKEN, needs=("backendRefs", "backendRef"))
def check(cluster: Cluster) -> Findings:
    """Ports that the Service of the set lacks."""
    for route in routes(cluster):
        for backend in backends(route):
            port = backend.node.get("port")
            if (backend.group, backend.kind) != ("", "Service") or port.__class__ is not int:
                continue
            reference = resolve(cluster, route, "", "Service", backend.name, backend.namespace)
            service = reference.target
            if service is None or not reference.sure or not ports_of(service) or has_port(service, port):
                continue
            target = [p for p in ports_of(service) if p.get("targetPort") == port]
            yield backend.node["port"].found(
                f"the Service {service.name} has no port {port}; it has {says_ports(service)}",
                consequence="requests for this backend get 500: the condition ResolvedRefs is False",
                help=f"write the port of the Service: {target[0].get('port')}"
                if target
                else "write a port of the Service",
                related=((f"the ports of the Service {service.name}", service["spec"]["ports"]),),
            )
