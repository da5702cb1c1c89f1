"""A route whose Gateway does not exist.

An HTTPRoute (or GRPCRoute, TCPRoute ...) serves requests only where a Gateway of its `parentRefs` takes it. A Gateway
is looked up in the namespace of the route unless `namespace` names another one. Without it nothing is served, and the
route has no status that says so.

Write the name and the namespace of the Gateway.

See https://gateway-api.sigs.k8s.io/api-types/httproute/#attaching-to-gateways
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, resolve, rule, unresolved
from kubetrial.lint.objects.gateways import GROUP, parents, routes


@rule(Category.RISKY, needs=("parentRefs",))
def check(cluster: Cluster) -> Findings:
    """Gateways in another namespace, with nearly that name, or that the set lacks."""
    for route in routes(cluster):
        for parent in parents(route):
            if (parent.group, parent.kind) != (GROUP, "Gateway"):
                continue
            reference = resolve(cluster, route, GROUP, "Gateway", parent.name, parent.namespace)
            if reference.fails:
                yield unresolved(
                    parent.node["namespace" if reference.elsewhere is not None and parent.namespace else "name"],
                    reference,
                    "Gateway",
                    parent.name,
                    f"nothing serves the {route.kind}: no Gateway takes it",
                )
