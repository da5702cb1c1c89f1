"""An address or range is written in a way that programs read differently.

Leading zeros are octal to some and decimal to others, `::ffff:10.0.0.1` is IPv4 to some and IPv6 to others, and
`10.0.0.7/8` may mean one address or sixteen million. Before 1.36 the API server takes these with a warning, and
`loadBalancerIP` still; of IPv6 it warns about every form but the shortest one.

Write the form that the message shows.

See https://kubernetes.io/docs/concepts/services-networking/service/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubetrial.lint.authoring import AddressHolder, Category, Cluster, Findings, Node, rule
from kubetrial.lint.values import networks

_BLANKS = " \t\n\v\f\r\x85\xa0"


@rule(
    Category.RISKY,
    needs=(
        "addressType",
        "clusterIP",
        "clusterIPs",
        "egress",
        "externalIPs",
        "ingress",
        "loadBalancerIP",
        "loadBalancerSourceRanges",
        "podCIDRs",
    ),
)
def check(holder: AddressHolder, cluster: Cluster) -> Findings:
    """Find forms to avoid; follows GetWarningsForIP and GetWarningsForCIDR, silent where the form is refused."""
    strict = cluster.minor >= 36
    for node, always in _places(holder):
        text = node.value
        if text.__class__ is not str or not text:
            continue
        better = _better(text, strict and not always)
        if better:
            yield node.found(f"`{text}` is not the canonical form", help=f"write `{better}`")


def _places(holder: AddressHolder) -> Iterator[tuple[Node, bool]]:
    """(place of an address or range, whether no version refuses other forms there)."""
    values = holder.mapping()
    spec: dict[str, Any] = values.get("spec") or {}
    if holder.kind == "Service":
        yield holder["spec"]["loadBalancerIP"], True
        fields = ("externalIPs", "loadBalancerSourceRanges", *(("clusterIPs",) if spec.get("clusterIPs") else ()))
        for field in fields:
            for node in holder["spec"][field].items():
                yield node, False
        if not spec.get("clusterIPs") and spec.get("clusterIP"):
            yield holder["spec"]["clusterIP"], False
    elif holder.kind == "EndpointSlice" and values.get("addressType") == "IPv4":
        for endpoint in holder["endpoints"].items():
            for node in endpoint["addresses"].items():
                yield node, False
    elif holder.kind == "Node":
        for node in holder["spec"]["podCIDRs"].items():
            yield node, False
    elif holder.kind == "NetworkPolicy":
        for direction, peers in (("ingress", "from"), ("egress", "to")):
            for entry in holder["spec"][direction].items():
                for peer in entry[peers].items():
                    yield peer["ipBlock"]["cidr"], False
                    for node in peer["ipBlock"]["except"].items():
                        yield node, False


def _better(text: str, strict: bool) -> str | None:
    """The form to write instead, or None where it is good or refused."""
    if "/" not in text:
        address = networks.address(text)
        if address is None or (strict and address.problem) or (address.version == 4 and not address.problem):
            return None
        return None if str(address) == text else str(address)
    found = networks.cidr(text.strip(_BLANKS))
    if found is None or (strict and found.problem):
        return None
    written = f"{networks.spelled(found.first, found.version)}/{found.prefix}"
    return written if found.problem or (found.version == 6 and written != text.strip(_BLANKS)) else None
