"""A route or Gateway that refers into another namespace without a ReferenceGrant.

A backend or a certificate in another namespace needs a ReferenceGrant there which allows the kind and namespace that
refer to it. Without one the condition ResolvedRefs is False (RefNotPermitted): requests get 500, listeners serve no TLS.

Put a ReferenceGrant into the namespace of the Service or Secret, or put both objects into one namespace.

See https://gateway-api.sigs.k8s.io/api-types/referencegrant/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Object, is_open, named, resolve, rule
from kubetrial.lint.objects.gateways import GROUP, Link, backends, certificates, routes


@rule(Category.RISKY, needs=("backendRefs", "backendRef", "certificateRefs"))
def check(cluster: Cluster) -> Findings:
    """References across namespaces to objects of a closed set that no grant of the set allows."""
    if not cluster.complete:
        return
    granted = _granted(cluster)
    for obj, link in _links(cluster):
        if not link.namespace or not obj.namespace or link.namespace == obj.namespace:
            continue
        reference = resolve(cluster, obj, link.group, link.kind, link.name, link.namespace)
        target = reference.target
        if target is None or not reference.sure or cluster.namespaces(obj) != frozenset((obj.namespace,)):
            continue
        wanted = (link.namespace, link.group, link.kind, obj.group, obj.kind, obj.namespace)
        if is_open(cluster, target) or (*wanted, "") in granted or (*wanted, link.name) in granted:
            continue
        yield link.node["namespace"].found(
            f"no ReferenceGrant in {link.namespace} lets {obj.kind}s of {obj.namespace} refer to the {link.kind} {link.name}",
            consequence="the reference is ignored: the condition ResolvedRefs is False, RefNotPermitted",
            help=f"add a ReferenceGrant in {link.namespace} from {obj.kind} in {obj.namespace} to {link.kind}",
            related=(named(target),),
        )


def _links(cluster: Cluster) -> Iterator[tuple[Object, Link]]:
    for route in routes(cluster):
        for link in backends(route):
            yield route, link
    for gateway in cluster.kind(GROUP, "Gateway"):
        for link in certificates(gateway):
            yield gateway, link


def _granted(cluster: Cluster) -> set[tuple[str, ...]]:
    """(namespace, group and kind that are referred to, group, kind and namespace that refer, name or "" for all)."""
    found = set()
    for grant in cluster.kind(GROUP, "ReferenceGrant"):
        for to in grant["spec"]["to"].items():
            for one in grant["spec"]["from"].items():
                fields = (to.get("group", ""), to.get("kind"), *map(one.get, ("group", "kind", "namespace")))
                found.add((grant.namespace or "default", *map(str, fields), str(to.get("name", ""))))
    return found
