"""A field of a Service that its `type` does not have.

Some fields mean something only for one type of Service: load balancer settings for LoadBalancer, node ports for
NodePort and LoadBalancer, cluster addresses for everything but ExternalName. The API server refuses them elsewhere.

Remove the field, or set the `type` that it belongs to; without a `type` a Service is ClusterIP.

See https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, rule

_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"


@rule(Category.REJECTED)
def check(service: Service, cluster: Cluster) -> Findings:
    """Find fields that belong to another type; follows validateService in pkg/apis/core/validation."""
    kind = service["spec"].get("type") or "ClusterIP"
    if kind == "ExternalName":
        yield from _of_an_address(service)
    if kind != "LoadBalancer":
        yield from _of_load_balancers(service, kind)
    if kind == "ClusterIP":
        yield from _node_ports(service)
    yield from _of_outside(service, kind, cluster.minor)


def _of_an_address(service: Service) -> Findings:
    """What a Service without an address cannot say of it."""
    spec = service["spec"]
    values = spec.mapping()
    for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if values.get(field) not in (None, []):
            yield spec[field].found(
                f"`{field}` cannot be set for type ExternalName, which has no address", help="remove it", key=True
            )
    if values.get("clusterIP") and not values.get("clusterIPs"):
        yield spec["clusterIP"].found(
            f"`clusterIP` cannot be set for type ExternalName, which has no address (it is {values['clusterIP']})",
            help="remove it",
            key=True,
            path="spec.clusterIPs",
        )


def _of_load_balancers(service: Service, kind: str) -> Findings:
    """Settings of load balancers in a Service of another type."""
    spec = service["spec"]
    given = [
        (f"`{field}`", spec[field])
        for field in ("loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "loadBalancerClass")
        if spec.get(field) not in (None, [])
    ]
    if _RANGES in service.annotations and not spec.get("loadBalancerSourceRanges"):
        given.append((f"the annotation `{_RANGES}`", service.at("metadata", "annotations", _RANGES)))
    for what, node in given:
        yield node.found(
            f"{what} can be set only for type LoadBalancer; this Service is {kind}",
            help="remove it, or set `type: LoadBalancer`",
            key=True,
        )


def _node_ports(service: Service) -> Findings:
    """Ports of nodes in a Service that only the cluster reaches."""
    spec = service["spec"]
    default = "" if spec.get("type") else ", the default"
    for index, port in enumerate(spec.get("ports") or ()):
        if (port or {}).get("nodePort"):
            yield spec.at("ports", index, "nodePort").found(
                f"nodePort {port['nodePort']} cannot be set for type ClusterIP{default}",
                help="remove it, or set `type: NodePort`",
            )


def _of_outside(service: Service, kind: str, minor: int) -> Findings:
    """How traffic from outside is treated, in a Service that gets none."""
    spec = service["spec"]
    local = spec.get("externalTrafficPolicy")
    # Those with external addresses count from 1.29 on.
    outside = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and spec.get("externalIPs") and minor >= 29)
    if local and not outside:
        yield spec["externalTrafficPolicy"].found(
            f"externalTrafficPolicy can be set only for Services that are reached from outside; this one is {kind}",
            help="remove it, or set `type: NodePort` or `LoadBalancer`",
            key=True,
        )
    health = spec.get("healthCheckNodePort")
    if health and not (kind == "LoadBalancer" and local == "Local"):
        yield spec["healthCheckNodePort"].found(
            f"healthCheckNodePort {health} needs `type: LoadBalancer` and `externalTrafficPolicy: Local`",
            help="remove it, or set both",
            key=True,
        )
