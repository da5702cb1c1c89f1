"""A Service gets a load balancer that everybody may reach.

A Service of type LoadBalancer mostly has a public address. Without `loadBalancerSourceRanges` it takes connections
from the whole internet.

List who may connect in `loadBalancerSourceRanges`, ask the cloud for an internal load balancer by its annotation,
or publish the program by an Ingress or a Gateway.

See https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.SECURITY, needs=("type",))
def check(service: Service) -> Findings:
    """Find LoadBalancers without source ranges that no annotation makes internal."""
    spec = service.mapping().get("spec") or {}
    if spec.get("type") != "LoadBalancer" or spec.get("loadBalancerClass") == "tailscale":
        return
    ranges = spec.get("loadBalancerSourceRanges")
    if ranges and not {"0.0.0.0/0", "::/0"} & {str(r).strip() for r in ranges}:
        return
    for key, value in service.annotations.items():
        if key.endswith("load-balancer-source-ranges") or str(value).lower() == "internal":
            return
        if "internal" in key.lower() and str(value).lower() not in ("false", ""):
            return
    at = service["spec"]["loadBalancerSourceRanges"] if ranges else service["spec"]["type"]
    yield at.found(
        "the load balancer of this Service takes connections from everywhere",
        help="list who may connect in loadBalancerSourceRanges, or ask for an internal load balancer",
    )
