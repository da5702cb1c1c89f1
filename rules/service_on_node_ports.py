"""A Service listens on a port of every node.

A NodePort is open on all addresses of all nodes, past Ingress, TLS and mostly past firewalls that were made for the
load balancer.

Write ClusterIP, and publish the Service by an Ingress, a Gateway or a load balancer.

See https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.SECURITY, needs=("type",))
def check(service: Service) -> Findings:
    """Find Services of type NodePort."""
    spec = service["spec"]
    if spec.get("type") == "NodePort":
        yield spec["type"].found(
            "this Service listens on a port of every node",
            help="write ClusterIP, and publish it by an Ingress or a Gateway",
        )
