"""Two rules of Ingresses for the same host and path.

Only one can answer. Which one is the controller's choice: ingress-nginx takes the older Ingress (and its webhook may
refuse the second one), others the first name in the alphabet. Requests go where nobody expects them, and may move
when an object is made again.

Give each host and path one backend; for canaries, write the controller's annotation on the second Ingress.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Ingress,
    Node,
    applied_together,
    is_transformed,
    place,
    rule,
)

_OWN_ADDRESS = ("gce", "gce-internal", "alb", "tailscale", "")
"""Classes whose Ingresses have a load balancer, and so an address, each of their own, or a machine in a private network."""


_DIVIDED = ("canary", "alb.ingress.kubernetes.io/conditions.", "alb.ingress.kubernetes.io/actions.")
"""Parts of annotations by which requests for one path are divided, or answered in turn."""


@rule(Category.RISKY, needs=("rules",))
def check(cluster: Cluster) -> Findings:
    """Host, path and type of match that stand twice in one class, with different backends."""
    first: dict[tuple[Any, ...], tuple[Ingress, Node]] = {}
    for ingress in cluster.all(Ingress):
        if any(word in str(key) for key in ingress.annotations for word in _DIVIDED) or is_transformed(
            cluster, ingress
        ):
            continue
        kind = ingress["spec"].get("ingressClassName") or ingress.annotations.get("kubernetes.io/ingress.class") or ""
        for host, path in _paths(ingress):
            if not host and kind in _OWN_ADDRESS:
                continue
            key = (place(cluster, ingress), str(kind), host, path.get("path") or "/", path.get("pathType"))
            other, taken = first.setdefault(key, (ingress, path))
            same = ingress.namespace == other.namespace and path.get("backend") == taken.get("backend")
            if taken is path or same or not applied_together(cluster, ingress, other):
                continue
            what = "this Ingress" if other is ingress else str(other)
            yield path["path"].found(
                f"{host or 'every host'}{key[3]} is served by {what} too, with another backend",
                consequence="one of them answers and the other never does; which one depends on the controller",
                help="give the path one backend, or another host or path",
                related=(("the other one", taken["path"]),),
            )


def _paths(ingress: Ingress) -> Iterator[tuple[str, Node]]:
    for one in ingress["spec"]["rules"].items():
        host = one.get("host", "")
        for path in one["http"]["paths"].items():
            if isinstance(host, str) and isinstance(path.get("path", "/"), str) and path.mapping():
                yield host, path
