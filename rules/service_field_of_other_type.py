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
    spec = service["spec"]
    values = spec.mapping()
    kind = values.get("type") or "ClusterIP"
    if kind == "ExternalName":
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
    if kind != "LoadBalancer":
        for field in ("loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if values.get(field) not in (None, []):
                yield spec[field].found(
                    f"`{field}` can be set only for type LoadBalancer; this Service is {kind}",
                    help="remove it, or set `type: LoadBalancer`",
                    key=True,
                )
        if _RANGES in service.annotations and not values.get("loadBalancerSourceRanges"):
            yield service.at("metadata", "annotations", _RANGES).found(
                f"the annotation `{_RANGES}` can be set only for type LoadBalancer; this Service is {kind}",
                help="remove it, or set `type: LoadBalancer`",
                key=True,
            )
    if kind == "ClusterIP":
        for index, port in enumerate(values.get("ports") or ()):
            if (port or {}).get("nodePort"):
                yield spec.at("ports", index, "nodePort").found(
                    f"nodePort {port['nodePort']} cannot be set for type ClusterIP"
                    + ("" if values.get("type") else ", the default"),
                    help="remove it, or set `type: NodePort`",
                )
    local = values.get("externalTrafficPolicy")
    # Those with external addresses count from 1.29 on.
    outside = kind in ("NodePort", "LoadBalancer") or (
        kind == "ClusterIP" and values.get("externalIPs") and cluster.minor >= 29
    )
    if local and not outside:
        yield spec["externalTrafficPolicy"].found(
            f"externalTrafficPolicy can be set only for Services that are reached from outside; this one is {kind}",
            help="remove it, or set `type: NodePort` or `LoadBalancer`",
            key=True,
        )
    health = values.get("healthCheckNodePort")
    if health and not (kind == "LoadBalancer" and local == "Local"):
        yield spec["healthCheckNodePort"].found(
            f"healthCheckNodePort {health} needs `type: LoadBalancer` and `externalTrafficPolicy: Local`",
            help="remove it, or set both",
            key=True,
        )
