"""A Service needs at least one port.

The API server refuses a Service without ports unless it is headless (`clusterIP: None`) or of type ExternalName:
kube-proxy would have nothing to forward.

List the ports, or make the Service headless where only the names of its pods are wanted.

See https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.REJECTED)
def check(service: Service) -> Findings:
    """Find Services that forward nothing."""
    spec = service.mapping().get("spec") or {}
    if spec.get("ports") or spec.get("type") == "ExternalName" or service.has_no_address:
        return
    ports = service["spec"]["ports"]
    yield ports.found(
        "`ports` is empty, and only headless and ExternalName Services may have none"
        if spec.get("selector")
        else "there are neither ports nor a selector, and only headless and ExternalName Services may have no ports",
        help="list at least one port, or write `clusterIP: None` if clients find the pods by name",
        key=True,
    )
