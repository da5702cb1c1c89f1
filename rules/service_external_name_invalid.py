"""A Service of type ExternalName without a usable DNS name.

Such a Service is a DNS alias (CNAME), so `externalName` must be a host name: lower case, without a scheme, port, path
or underscore. The API server refuses anything else; a dot at the end is allowed.

Write the bare host name, for example `db.example.com`. An IP address passes the check, but no resolver follows it.

See https://kubernetes.io/docs/concepts/services-networking/service/#externalname
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, needs=("type",))
def check(service: Service) -> Findings:
    """Find aliases that point to no host name."""
    values = service.mapping().get("spec") or {}
    if values.get("type") != "ExternalName":
        return
    alias = values.get("externalName") or ""
    host = alias[:-1] if alias.endswith(".") else alias
    node = service.at("spec", "externalName")
    if not host:
        yield node.found(
            "a Service of type ExternalName needs `externalName`", help="write the host name that it stands for"
        )
    elif reason := names.dns_subdomain(host):
        yield node.found(f"externalName is `{alias}`: {reason}", help="write a host name such as `db.example.com`")
