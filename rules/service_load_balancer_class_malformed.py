"""The class of a load balancer must be a label-style name.

`loadBalancerClass` names the controller that makes the load balancer, like `example.com/internal`; the API server
refuses other forms, and it refuses an empty class.

Write a name, or a domain and a name with `/` between them; leave the field out for the cluster's own controller.

See https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, needs=("loadBalancerClass",))
def check(service: Service) -> Findings:
    """Find classes of another form."""
    values = service.mapping().get("spec") or {}
    wanted = values.get("loadBalancerClass")
    if wanted is None or values.get("type") != "LoadBalancer":
        return
    if reason := names.qualified_name(wanted):
        yield service.at("spec", "loadBalancerClass").found(
            f"loadBalancerClass is `{wanted}`: {reason}", help="write a name such as `example.com/internal`"
        )
