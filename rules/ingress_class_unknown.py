"""An Ingress of a class that does not exist.

An Ingress whose IngressClass does not exist is ignored by every controller: it gets no address, and no event says so.

Classes often exist beside the manifests, so only a name that is nearly the one of a class in them is a finding; in a
closed world (`--closed-world`) every name that is not there. Write the name of an IngressClass.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Ingress, resolve, rule, unresolved


@rule(Category.RISKY, needs=("ingressClassName",))
def check(ingress: Ingress, cluster: Cluster) -> Findings:
    """A class that is not in the set, where one of nearly that name is or nothing else exists."""
    name = (ingress.value.get("spec") or {}).get("ingressClassName")
    if not name:
        return
    reference = resolve(cluster, ingress, "networking.k8s.io", "IngressClass", name)
    if reference.slips or (cluster.closed_world and reference.fails):
        yield unresolved(
            ingress["spec"]["ingressClassName"],
            reference,
            "IngressClass",
            name,
            "no controller serves the Ingress: it gets no address",
        )
