"""The resource of an Ingress backend is not fully or not properly named.

A backend that is no Service is named by `kind` and `name`, and by `apiGroup` unless it is in the core group. The API
server refuses a reference without kind or name, and an API group that is no domain name.

Write all three as the resource itself has them.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#resource-backend
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, IngressBackend, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("resource",))
def check(backend: IngressBackend) -> Findings:
    """Find incomplete references; follows validateIngressTypedLocalObjectReference in networking/validation."""
    resource = backend.mapping().get("resource")
    if resource is None or backend.get("service") is not None:
        return
    node = backend["resource"]
    group = resource.get("apiGroup")
    if group is not None and (reason := names.dns_subdomain(group)):
        yield node["apiGroup"].found(f"apiGroup is `{group}`: {reason}", help="remove it for the core group")
    for field in ("kind", "name"):
        if not resource.get(field):
            yield node[field].found(f"`{field}` is missing in the resource", help=f"write `{field}`")
        elif reason := names.path_segment(resource[field]):
            yield node[field].found(
                f"{field} is `{resource[field]}`: {reason}", help=instead(resource[field], names.path_segment)
            )
