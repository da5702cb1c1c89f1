"""The parameters of an IngressClass have a namespace that their scope does not allow.

`scope: Namespace` needs the `namespace` of the parameters, and the default `scope: Cluster` forbids it; the API
server refuses the mix.

Set `scope: Namespace` together with `namespace`, or leave both out.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, IngressClassSpec, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("parameters",))
def check(spec: IngressClassSpec) -> Findings:
    """Find parameters whose scope and namespace do not fit."""
    values = spec.mapping().get("parameters")
    if values is None:
        return
    node = spec["parameters"]["namespace"]
    scope, namespace = values.get("scope", None) or "Cluster", values.get("namespace")
    if values.get("scope") == "":
        return  # refused as unsupported
    if scope == "Namespace" and namespace is None:
        yield node.found(
            "scope is Namespace, but the parameters name no `namespace`", help="add the namespace of the parameters"
        )
    elif scope == "Namespace" and (reason := names.dns_label(namespace)):
        yield node.found(f"namespace is `{namespace}`: {reason}", help=instead(namespace, names.dns_label))
    elif scope == "Cluster" and namespace is not None:
        yield node.found(
            f"namespace `{namespace}` cannot be set while scope is Cluster"
            + ("" if values.get("scope") else ", the default"),
            help="write `scope: Namespace`, or remove the namespace",
            key=True,
        )
