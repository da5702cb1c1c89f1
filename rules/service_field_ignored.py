"""A field of a Service that has no effect here.

A headless Service has no address for `loadBalancerIP`, `externalIPs` or `sessionAffinity` to act on, one of type
ExternalName is an alias and nothing more, and other types ignore `externalName`. The API server takes the manifest,
with a warning.

Remove the field, or set the type that it belongs to.

See https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.RISKY, needs=("clusterIP", "externalName", "type"))
def check(service: Service) -> Findings:
    """Find fields without effect; follows GetWarningsForService in pkg/api/service."""
    values = service.mapping().get("spec") or {}
    spec = service["spec"]
    kind = values.get("type") or "ClusterIP"
    if kind == "ClusterIP" and values.get("clusterIP") == "None":
        for field in ("loadBalancerIP", "externalIPs"):
            if values.get(field):
                yield spec[field].found(f"`{field}` has no effect in a headless Service", help="remove it", key=True)
        if values.get("sessionAffinity") not in (None, "", "None"):
            yield spec["sessionAffinity"].found(
                "sessionAffinity has no effect in a headless Service", help="remove it", key=True
            )
    if kind == "ExternalName" and values.get("externalIPs"):
        yield spec["externalIPs"].found(
            "`externalIPs` has no effect in a Service of type ExternalName", help="remove it", key=True
        )
    if kind != "ExternalName" and values.get("externalName"):
        yield spec["externalName"].found(
            f"externalName has no effect in a Service of type {kind}",
            help="remove it, or write `type: ExternalName`",
            key=True,
        )
