"""External addresses of a Service are deprecated.

Since 1.36 the API server warns about `externalIPs`: anybody who may create a Service can take traffic of any address,
so clusters may stop implementing the field, and the Service would no longer be reached.

Use `type: LoadBalancer`, the Gateway API, or a load balancer in front of node ports.

See https://kubernetes.io/docs/concepts/services-networking/service/#external-ips
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.RISKY, since=36, needs=("externalIPs",))
def check(service: Service) -> Findings:
    """Find Services that are reached by external addresses."""
    values = service.mapping().get("spec") or {}
    if not values.get("externalIPs") or values.get("clusterIP") == "None" or values.get("type") == "ExternalName":
        return
    yield service["spec"]["externalIPs"].found(
        "externalIPs is deprecated, and clusters may stop implementing it",
        help="use `type: LoadBalancer` or a Gateway",
        key=True,
    )
