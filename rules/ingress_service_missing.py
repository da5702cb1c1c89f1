"""An Ingress that sends requests to a Service which does not exist.

Ingresses reach Services of their own namespace only. Where the Service is missing, misspelt or in another namespace,
the controller answers 503 (ingress-nginx) or refuses to make the load balancer (GKE, ALB); the Ingress itself is accepted.

Write the name of a Service in the namespace of the Ingress. What exists outside of the manifests is listed under
`external` in the configuration.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Ingress, IngressBackend, resolve, rule, unresolved


@rule(Category.RISKY, needs=("service",))
def check(backend: IngressBackend, cluster: Cluster) -> Findings:
    """Backends whose Service is elsewhere, has nearly that name, or is the only one that the set lacks."""
    service = backend.value.get("service") if backend.value else None
    ingress = backend.root
    if not service or not service.get("name") or not isinstance(ingress, Ingress):
        return
    if (service.get("port") or {}).get("name") == "use-annotation":
        return  # an action of the AWS load balancer controller, described in an annotation
    name = service["name"]
    reference = resolve(cluster, ingress, "", "Service", name)
    if reference.fails:
        consequence = "requests for this path get 503 Service Unavailable, or no load balancer is made at all"
        yield unresolved(backend["service"]["name"], reference, "Service", name, consequence)
