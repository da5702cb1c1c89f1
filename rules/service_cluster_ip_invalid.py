"""The cluster address of a Service cannot be had.

`clusterIP` is an IP address or `None` (headless); `clusterIPs` repeats it first and may add one of the other family.
Headless Services cannot be LoadBalancer or NodePort, and addresses fit `ipFamilies`. The API server refuses the rest.

Leave both fields out to get a free address, or write `clusterIP: None`.

See https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Service, rule
from kubetrial.lint.values import networks


@rule(Category.REJECTED)
def check(service: Service, cluster: Cluster) -> Findings:
    """Find addresses that are not given out; follows ValidateServiceClusterIPsRelatedFields."""
    spec = service["spec"]
    values = spec.mapping()
    single, several = values.get("clusterIP"), values.get("clusterIPs")
    kind = values.get("type") or "ClusterIP"
    if kind == "ExternalName" or not (single or several):
        return
    ips = [ip or "" for ip in service.cluster_ips]

    def place(index: int) -> Node:
        return spec["clusterIPs"][index] if several else spec["clusterIP"]

    def path(index: int) -> str:
        return f"spec.clusterIPs[{index}]"

    if several and not single:
        yield spec["clusterIPs"].found(
            "`clusterIPs` needs `clusterIP` with the same first address", help="write both, or neither", key=True
        )
    elif single and ips[0] != single:
        yield spec["clusterIPs"].found(
            f"clusterIPs begins with `{ips[0]}`, and clusterIP is `{single}`", help="write the same address first"
        )
    if service.has_no_address and kind in ("LoadBalancer", "NodePort"):
        yield place(0).found(
            f"`None` (headless) cannot be of type {kind}", help="remove clusterIP, or the type", path=path(0)
        )
    if ips[0] == "None" and len(ips) > 1:
        yield spec["clusterIPs"].found("`None` must be the first and only address", help="write `None` alone")
    found = []
    for index, ip in enumerate(ips):
        if index == 0 and ip == "None":
            continue
        address = networks.address(ip)
        problem = "it is no IP address" if address is None else address.problem if cluster.minor >= 36 else None
        if problem:
            yield place(index).found(
                f"the cluster address is `{ip}`: {problem}",
                help="write an IP address, or leave it out",
                path=path(index),
            )
        found.append((index, ip, address))
    if len(ips) > 2:
        yield spec["clusterIPs"].found(
            f"clusterIPs has {len(ips)} addresses; 2 are allowed", help="keep one of each family", key=True
        )
    if any(address is None for _, _, address in found) or "None" in ips[1:]:
        return
    versions = [address.version for _, _, address in found if address is not None]
    if len(versions) == 2 and versions[0] == versions[1]:
        yield spec["clusterIPs"].found(
            f"both addresses are IPv{versions[0]}; one of each family is allowed", help="keep one"
        )
    families = values.get("ipFamilies") or ()
    for (index, ip, _), version, family in zip(found, versions, families, strict=False):
        if family in ("IPv4", "IPv6") and family != f"IPv{version}" and ips[0] != "None":
            yield place(index).found(
                f"the address `{ip}` is not {family}, the family that ipFamilies gives it",
                help="change the order of one of the lists",
                path=path(index),
            )
