"""An address of Endpoints or an EndpointSlice is none that traffic could be sent to.

Endpoints are IP addresses that other nodes reach: no loopback, link-local or unspecified ones; those of an
EndpointSlice are of its `addressType`, and FQDN means a name with at least one dot. The API server refuses the rest.

Write the address of the backend. A name belongs into a Service of type ExternalName.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors
"""

from __future__ import annotations

from kubetrial.lint.authoring import Addressed, Category, Cluster, Findings, Node, rule
from kubetrial.lint.values import names, networks


@rule(Category.REJECTED, needs=("endpoints", "subsets"))
def check(addressed: Addressed, cluster: Cluster) -> Findings:
    """Find addresses that nobody reaches; follows validateEndpointAddress and pkg/apis/discovery/validation."""
    values = addressed.mapping()
    strict = cluster.minor >= 36
    for index, subset in enumerate(values.get("subsets") or ()):
        for field in ("addresses", "notReadyAddresses"):
            for position, entry in enumerate((subset or {}).get(field) or ()):
                text = (entry or {}).get("ip") or ""
                if text and (reason := _problem(text, "", strict)):
                    node = addressed["subsets"][index][field][position]["ip"]
                    yield node.found(f"the address is `{text}`: {reason}", help="write the IP address of the backend")
    kind = values.get("addressType") or ""
    if kind not in ("IPv4", "IPv6", "FQDN"):
        return
    for index, endpoint in enumerate(values.get("endpoints") or ()):
        for position, text in enumerate((endpoint or {}).get("addresses") or ()):
            if reason := _problem(text or "", kind, strict):
                yield from _found(addressed["endpoints"][index]["addresses"][position], text or "", reason)


def _found(node: Node, text: str, reason: str) -> Findings:
    yield node.found(f"the address is `{text}`: {reason}", help="write an address of the slice's addressType")


def _problem(text: str, kind: str, strict: bool) -> str | None:
    if kind == "FQDN":
        return names.fully_qualified_domain_name(text)
    address = networks.address(text)
    if address is None:
        return "it is no IP address"
    if (strict or kind == "IPv6") and address.problem:
        return address.problem
    if kind and address.version != int(kind[-1]):
        return f"it is no {kind} address"
    if kind == "IPv6" and text != str(address):
        return f"write it as {address}"
    return networks.endpoint_problem(address)
