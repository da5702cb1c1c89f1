"""Values of `externalTrafficPolicy` and `healthCheckNodePort` that no Service takes.

`externalTrafficPolicy` is Cluster (any node takes traffic) or Local (only nodes with a pod do), and the health
check's port is a port. The API server refuses anything else.

Write Cluster or Local; leave `healthCheckNodePort` out to have a free port chosen.

See https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, rule


@rule(Category.REJECTED, needs=("externalTrafficPolicy",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Find unsupported values where the fields themselves are allowed."""
    spec = service["spec"]
    values = spec.mapping()
    policy = values.get("externalTrafficPolicy")
    if not policy:
        return
    kind = values.get("type") or "ClusterIP"
    # Those with external addresses count from 1.29 on.
    outside = kind in ("NodePort", "LoadBalancer") or (
        kind == "ClusterIP" and values.get("externalIPs") and cluster.minor >= 29
    )
    if outside and policy not in ("Cluster", "Local"):
        yield spec["externalTrafficPolicy"].found(
            f"externalTrafficPolicy is `{policy}`; supported: Cluster, Local", help="write `Cluster` or `Local`"
        )
    health = values.get("healthCheckNodePort") or 1
    if kind == "LoadBalancer" and policy == "Local" and not 1 <= health <= 65535:
        yield spec["healthCheckNodePort"].found(
            f"healthCheckNodePort is {health}; it must be from 1 to 65535", help="leave it out"
        )
