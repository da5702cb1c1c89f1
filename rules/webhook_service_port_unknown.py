"""A webhook or APIService that calls a port which its Service does not have.

`service.port` is a port of the Service (`spec.ports[].port`), 443 where it is not written, and not the port that the
container listens on. Where the Service has no such port, every request that the webhook is asked about fails: "no
service port 443 found for service".

Give the Service the port 443, or write its port in the webhook.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    APIService,
    Category,
    Cluster,
    Findings,
    Object,
    WebhookClient,
    has_port,
    ports_of,
    resolve,
    rule,
    says_ports,
)


@rule(Category.BROKEN, needs=("service",))
def check(client: WebhookClient | APIService, cluster: Cluster) -> Findings:
    """Ports that the Service of the set lacks."""
    service = client["spec"]["service"] if isinstance(client, APIService) else client["service"]
    referrer = client.root
    if not service.get("name") or not isinstance(referrer, Object):
        return
    reference = resolve(cluster, referrer, "", "Service", service.get("name"), service.get("namespace", ""))
    port = service.get("port", 443)
    target = reference.target
    if target is None or not reference.sure or not ports_of(target) or has_port(target, port):
        return
    yield service["port"].found(
        f"the Service {target.name} has no port {port}; it has {says_ports(target)}",
        consequence=f"every request that needs it fails: no service port {port} found for service",
        help=f"write port: {ports_of(target)[0].get('port')}"
        if len(ports_of(target)) == 1
        else "write one of its ports",
        related=((f"the ports of the Service {target.name}", target["spec"]["ports"]),),
    )
