"""A route that sends requests to a Service which does not exist.

The Service is looked up in the namespace of the route unless the backend names another one. Where it is missing, the
condition ResolvedRefs is False (BackendNotFound) and its share of the requests gets 500.

Write the name and the namespace of a Service.

See https://gateway-api.sigs.k8s.io/api-types/httproute/#backendrefs-optional
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, resolve, rule, unresolved
from kubetrial.lint.objects.gateways import backends, routes


@rule(Category.RISKY, needs=("backendRefs", "backendRef"))
def check(cluster: Cluster) -> Findings:
    """Services in another namespace, with nearly that name, or that the set lacks."""
    for route in routes(cluster):
        for backend in backends(route):
            if (backend.group, backend.kind) != ("", "Service"):
                continue
            reference = resolve(cluster, route, "", "Service", backend.name, backend.namespace)
            if reference.fails:
                yield unresolved(
                    backend.node["namespace" if reference.elsewhere is not None and backend.namespace else "name"],
                    reference,
                    "Service",
                    backend.name,
                    "requests for this backend get 500: the condition ResolvedRefs is False, BackendNotFound",
                )
