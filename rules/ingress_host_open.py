"""An Ingress answers for every host, or for all names of a domain.

A rule without `host` takes requests for any name that points to the load balancer, and a wildcard takes names that
nobody has planned: forgotten DNS records and other teams' names end up at this Service.

Write the hosts that the Service is for.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule


@rule(Category.SECURITY, needs=("rules",))
def check(ingress: Ingress) -> Findings:
    """Find rules without host, and hosts with `*`."""
    for node in ingress["spec"]["rules"].items():
        host = node.get("host", "")
        if not host:
            yield node.found("this rule answers for every host", help="write the host")
        elif str(host).startswith("*"):
            yield node["host"].found(
                f"this rule answers for all names of {host[2:]}", help="write the hosts that are meant"
            )
