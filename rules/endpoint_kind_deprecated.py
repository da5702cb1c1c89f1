"""Endpoints, and EndpointSlices of host names, are deprecated.

Since 1.33 the API server warns about Endpoints: kube-proxy reads EndpointSlices, which hold what Endpoints cannot
(dual stack, zones, more than 1000 addresses). Slices of the type FQDN were never used by anything.

Write an EndpointSlice with the label `kubernetes.io/service-name`; for a host name write a Service of type
ExternalName.

See https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Addressed, Category, Findings, rule


@rule(Category.RISKY, since=33)
def check(addressed: Addressed) -> Findings:
    """Find addresses in an old form."""
    if addressed.kind == "Endpoints":
        yield addressed["kind"].found("Endpoints are deprecated since 1.33", help="write an EndpointSlice")
    elif addressed.get("addressType") == "FQDN":
        yield addressed["addressType"].found(
            "EndpointSlices of the type FQDN are deprecated", help="write a Service of type ExternalName"
        )
