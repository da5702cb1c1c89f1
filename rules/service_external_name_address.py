"""An externalName that is an IP address.

`externalName` becomes a CNAME record, and a CNAME names a host. An address there is taken as a name of digits and dots,
which no DNS server resolves: clients get NXDOMAIN.

Write a host name, or a Service without selector and an EndpointSlice with the address.

See https://kubernetes.io/docs/concepts/services-networking/service/#externalname
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule
from kubetrial.lint.values import networks


@rule(Category.BROKEN, needs=("type",))
def check(service: Service) -> Findings:
    """Services of the type ExternalName whose name is an address; the API server takes them."""
    name = service["spec"]["externalName"]
    if service["spec"].get("type") != "ExternalName" or not isinstance(name.value, str):
        return
    if networks.address(name.value.rstrip(".")) is not None:
        yield name.found(
            f"externalName is the IP address {name.value}; it is read as a DNS name (CNAME)",
            consequence=f"the name {service.name} never resolves",
            help="write a host name, or a Service without selector and an EndpointSlice with the address",
        )
