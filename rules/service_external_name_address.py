"""An externalName that is an IP address.

`externalName` becomes a CNAME record, and a CNAME names a host. An address there is taken as a name of digits and dots,
which no DNS server resolves: clients get NXDOMAIN.

Write a host name, or a Service without selector and an EndpointSlice with the address. Proxies that read the Service themselves
instead of asking for its name (ingress-nginx, Traefik) reach the address all the same, so that nothing is said of what an Ingress or an
IngressRoute sends requests to.

See https://kubernetes.io/docs/concepts/services-networking/service/#externalname
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Ingress, Service, rule
from kubetrial.lint.values import networks


@rule(Category.BROKEN, needs=("type",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Services of the type ExternalName whose name is an address; the API server takes them."""
    if service["spec"].get("type") != "ExternalName":
        return
    name = service["spec"]["externalName"]
    if not isinstance(name.value, str):
        return
    if networks.address(name.value.rstrip(".")) is None:
        return
    if (service.namespace, service.name) not in cluster.once(_behind_proxies):
        yield name.found(
            f"externalName is the IP address {name.value}; it is read as a DNS name (CNAME)",
            consequence=f"the name {service.name} never resolves",
            help="write a host name, or a Service without selector and an EndpointSlice with the address",
        )


_PROXIED = ("IngressRoute", "IngressRouteTCP", "IngressRouteUDP")


def _behind_proxies(cluster: Cluster) -> frozenset[tuple[str, str]]:
    """The (namespace, name) of the Services that Ingresses and IngressRoutes send requests to."""
    found: set[tuple[str, str]] = set()
    for ingress in cluster.all(Ingress):
        paths = (path for one in ingress["spec"]["rules"].items() for path in one["http"]["paths"].items())
        backends = [ingress["spec"]["defaultBackend"], *(path["backend"] for path in paths)]
        found.update((ingress.namespace, str(backend["service"]["name"].value)) for backend in backends)
    for group in ("traefik.io", "traefik.containo.us"):
        for kind in _PROXIED:
            for route in cluster.kind(group, kind):
                for one in route["spec"]["routes"].items():
                    for service in one["services"].items():
                        namespace = service["namespace"].value or route.namespace
                        found.add((str(namespace), str(service["name"].value)))
    return frozenset(found)
