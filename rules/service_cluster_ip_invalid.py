"""The cluster address of a Service cannot be had.

`clusterIP` is an IP address or `None` (headless); `clusterIPs` repeats it first and may add one of the other family.
Headless Services cannot be LoadBalancer or NodePort, and addresses fit `ipFamilies`. The API server refuses the rest.

Leave both fields out to get a free address, or write `clusterIP: None`.

See https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address
"""

from __future__ import annotations

from collections.abc import Mapping

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Service, rule
from kubetrial.lint.values import networks


@rule(Category.REJECTED, needs=("clusterIP", "clusterIPs"))
def check(service: Service, cluster: Cluster) -> Findings:
    """Find addresses that are not given out; follows ValidateServiceClusterIPsRelatedFields."""
    spec = service["spec"]
    kind = spec.get("type") or "ClusterIP"
    if kind == "ExternalName" or not (spec.get("clusterIP") or spec.get("clusterIPs")):
        return
    ips = [ip or "" for ip in service.cluster_ips]
    yield from _first(service, kind, ips)
    addresses = {index: networks.address(ip) for index, ip in enumerate(ips) if index or ip != "None"}
    for index, address in addresses.items():
        problem = "it is no IP address" if address is None else address.problem if cluster.minor >= 36 else None
        if problem:
            yield _place(spec, index).found(
                f"the cluster address is `{ips[index]}`: {problem}",
                help="write an IP address, or leave it out",
                path=_path(index),
            )
    if len(ips) > 2:
        yield spec["clusterIPs"].found(
            f"clusterIPs has {len(ips)} addresses; 2 are allowed", help="keep one of each family", key=True
        )
    versions = {index: address.version for index, address in addresses.items() if address is not None}
    if len(versions) == len(addresses) and "None" not in ips[1:]:
        yield from _families(spec, ips, versions)


def _place(spec: Node, index: int) -> Node:
    """Where an address stands."""
    return spec["clusterIPs"][index] if spec.get("clusterIPs") else spec["clusterIP"]


def _path(index: int) -> str:
    """Where the API server says that it stands."""
    return f"spec.clusterIPs[{index}]"


def _first(service: Service, kind: str, ips: list[str]) -> Findings:
    """The first address: clusterIP repeats it, and `None` has nothing beside it."""
    spec = service["spec"]
    single = spec.get("clusterIP")
    if not single:
        yield spec["clusterIPs"].found(
            "`clusterIPs` needs `clusterIP` with the same first address", help="write both, or neither", key=True
        )
    elif ips[0] != single:
        yield spec["clusterIPs"].found(
            f"clusterIPs begins with `{ips[0]}`, and clusterIP is `{single}`", help="write the same address first"
        )
    if service.has_no_address and kind in ("LoadBalancer", "NodePort"):
        yield _place(spec, 0).found(
            f"`None` (headless) cannot be of type {kind}", help="remove clusterIP, or the type", path=_path(0)
        )
    if ips[0] == "None" and len(ips) > 1:
        yield spec["clusterIPs"].found("`None` must be the first and only address", help="write `None` alone")


def _families(spec: Node, ips: list[str], versions: Mapping[int, int]) -> Findings:
    """Addresses of one family twice, or of another one than ipFamilies says; `versions` by the index of the address."""
    both = list(versions.values())
    if len(both) == 2 and both[0] == both[1]:
        yield spec["clusterIPs"].found(
            f"both addresses are IPv{both[0]}; one of each family is allowed", help="keep one"
        )
    for (index, version), family in zip(versions.items(), spec.get("ipFamilies") or (), strict=False):
        if family in ("IPv4", "IPv6") and family != f"IPv{version}" and ips[0] != "None":
            yield _place(spec, index).found(
                f"the address `{ips[index]}` is not {family}, the family that ipFamilies gives it",
                help="change the order of one of the lists",
                path=_path(index),
            )
