"""A Service whose selector matches no pod of the manifests.

A Service sends its traffic to the pods of its namespace that carry all labels of its selector. When no workload has
them, it has no endpoints: connections are refused or hang, an Ingress answers 503, and no event says why.

It is said where the set shows which pods are meant: they carry all the labels in another namespace, or all but one that has a slip
in it, or the Service and the workload have one name or stand alone in one file.

Write labels that stand in the template of the workload (`spec.template.metadata.labels`), in the same namespace.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, LabelSelector, Service, missed, rule


@rule(Category.RISKY, needs=("selector",))
def check(service: Service, cluster: Cluster) -> Findings:
    """A selector that misses the pods it was meant for by one label, or by the namespace."""
    node = service["spec"]["selector"]
    if not node.mapping() or service["spec"].get("type") == "ExternalName":
        return
    yield from missed(
        cluster,
        service,
        LabelSelector(service.document, service["spec"], "selector", {"matchLabels": node.mapping()}),
        f"the Service {service.name}",
        "the Service has no endpoints: connections to it are refused or hang",
        at=node,
    )
