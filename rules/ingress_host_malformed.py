"""A host of an Ingress is no host name.

Hosts in `rules` and `tls` are DNS names in lower case, without scheme, port or path; a wildcard stands for the whole
first label (`*.example.com`). In `rules` an IP address is refused too. The API server refuses everything else.

Write the bare name, for example `shop.example.com`; leave `host` out for a rule about every host.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule
from kubetrial.lint.values import names, networks


@rule(Category.REJECTED, needs=("rules", "tls"))
def check(ingress: Ingress) -> Findings:
    """Find hosts that no request can have."""
    spec = ingress.mapping().get("spec") or {}
    for index, entry in enumerate(spec.get("rules") or ()):
        host = (entry or {}).get("host")
        if not host:
            continue
        node = ingress.at("spec", "rules", index, "host")
        if networks.address(host) is not None:
            yield node.found(
                f"host is `{host}`, an IP address", help="write a DNS name, or remove the host to match every request"
            )
        if reason := _problem(host):
            yield node.found(f"host is `{host}`: {reason}", help="write a bare DNS name such as `shop.example.com`")
    for index, entry in enumerate(spec.get("tls") or ()):
        for position, host in enumerate((entry or {}).get("hosts") or ()):
            if reason := _problem(host or ""):
                yield ingress.at("spec", "tls", index, "hosts", position).found(
                    f"host is `{host or ''}`: {reason}", help="write a bare DNS name such as `shop.example.com`"
                )


def _problem(host: str) -> str | None:
    return names.wildcard_subdomain(host) if "*" in host else names.dns_subdomain(host)
