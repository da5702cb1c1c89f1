"""A route that no listener of its Gateway takes.

`sectionName` is the name of a listener and `port` its port. A listener takes routes of the Gateway's own namespace
unless `allowedRoutes.namespaces.from` says All or Selector, and only those of which a hostname fits its own. A route
that none takes serves nothing: its condition Accepted is False (NoMatchingParent, NotAllowedByListeners,
NoMatchingListenerHostname).

Write the name of a listener, a hostname that it serves, or open the listener to the namespace of the route.

See https://gateway-api.sigs.k8s.io/guides/multiple-ns/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Found, Node, Object, resolve, rule
from kubetrial.lint.objects.gateways import GROUP, Link, parents, routes


@rule(Category.BROKEN, needs=("parentRefs",))
def check(cluster: Cluster) -> Findings:
    """References to a Gateway of the set none of whose listeners fits, and why."""
    for route in routes(cluster):
        for parent in parents(route):
            if (parent.group, parent.kind) != (GROUP, "Gateway"):
                continue
            reference = resolve(cluster, route, GROUP, "Gateway", parent.name, parent.namespace)
            gateway = reference.target
            if gateway is not None and reference.sure and gateway["spec"].get("listeners"):
                yield from _refused(cluster, route, parent, gateway)


def _refused(cluster: Cluster, route: Object, parent: Link, gateway: Object) -> Iterator[Found]:
    listeners = list(gateway["spec"]["listeners"].items())
    related = ((f"the listeners of {gateway.name}", gateway["spec"]["listeners"]),)
    consequence = f"the {route.kind} serves nothing: its condition Accepted is False"
    for key, field in (("sectionName", "name"), ("port", "port")):
        wanted = parent.node.get(key)
        if wanted is None:
            continue
        listeners = [one for one in listeners if one.get(field) == wanted]
        if not listeners:
            known = ", ".join(str(one.get(field)) for one in gateway["spec"]["listeners"].items())
            yield parent.node[key].found(
                f"the Gateway {gateway.name} has no listener with {field} {wanted}; it has {known}",
                consequence=f"{consequence}, NoMatchingParent",
                help="write one of those, or leave it out for all listeners",
                related=related,
            )
            return
    one, other = cluster.namespaces(route), cluster.namespaces(gateway)
    apart = one is not None and other is not None and one.isdisjoint(other)
    if apart and all(listener["allowedRoutes"]["namespaces"].get("from", "Same") == "Same" for listener in listeners):
        yield parent.node["name"].found(
            f"the Gateway {gateway.name} takes routes of its own namespace {gateway.namespace} only",
            consequence=f"{consequence}, NotAllowedByListeners",
            help="write allowedRoutes.namespaces.from: All (or Selector) for the listener",
            related=related,
        )
        return
    hosts = [host for host in route["spec"]["hostnames"].items() if isinstance(host.value, str)]
    if hosts and not any(_fits(host, listener) for host in hosts for listener in listeners):
        served = ", ".join(sorted({str(listener.get("hostname")) for listener in listeners}))
        yield hosts[0].found(
            f"no listener of the Gateway {gateway.name} serves {', '.join(h.value for h in hosts)}; they serve {served}",
            consequence=f"{consequence}, NoMatchingListenerHostname",
            help="write a hostname that a listener serves",
            related=related,
        )


def _fits(host: Node, listener: Node) -> bool:
    """Whether a hostname of a route and that of a listener have names in common."""
    own, served = str(host.value).lower(), str(listener.get("hostname", "")).lower()
    if not served or own == served:
        return True
    if served.startswith("*."):
        return own.endswith(served[1:]) or (own.startswith("*.") and served.endswith(own[1:]))
    return own.startswith("*.") and served.endswith(own[1:])
