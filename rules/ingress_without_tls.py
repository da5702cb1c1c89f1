"""An Ingress serves a host without TLS.

What is sent to a host that `tls` does not list goes over the network in clear text, passwords and cookies among it.

List the host in `tls` with a Secret that holds its certificate, unless something in front of the Ingress ends TLS.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule

_ELSEWHERE = ("certificate-arn", "ssl-cert", "pre-shared-cert", "managed-certificates", "listen-ports", "router.tls")


@rule(Category.SECURITY)
def check(ingress: Ingress) -> Findings:
    """Find hosts of rules that no entry of tls covers, where no annotation names a certificate."""
    spec = ingress["spec"].mapping()
    if any(word in key for key in ingress.annotations for word in _ELSEWHERE):
        return
    entries = [entry for entry in spec.get("tls") or () if entry]
    hosts = {host for entry in entries for host in entry.get("hosts") or ()}
    if any(not entry.get("hosts") for entry in entries):
        return
    for index, entry in enumerate(spec.get("rules") or ()):
        host = (entry or {}).get("host") or ""
        if host in hosts or f"*.{host.partition('.')[2]}" in hosts or (not host and hosts):
            continue
        node = ingress["spec"]["rules"][index]
        yield (node["host"] if host else node).found(
            f"{host or 'every host'} is served without TLS",
            consequence="passwords and cookies go over the network in clear text",
            help="list the host in spec.tls with the Secret of its certificate",
        )
    if not spec.get("rules") and not entries:
        yield ingress["spec"]["tls"].found("every host is served without TLS", help="write spec.tls")
