"""An external address or a source range of a Service is none.

`externalIPs` are addresses that traffic comes in by, so loopback, link-local and unspecified ones are refused;
`loadBalancerSourceRanges` (or its annotation) are ranges such as `10.0.0.0/8`. Since 1.36 leading zeros, `::ffff:`
and bits beyond the prefix are refused too.

Write plain addresses, and the first address of each range.

See https://kubernetes.io/docs/concepts/services-networking/service/#external-ips
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, rule
from kubetrial.lint.values import networks

_ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges"
_BLANKS = " \t\n\v\f\r\x85\xa0"


@rule(Category.REJECTED)
def check(service: Service, cluster: Cluster) -> Findings:
    """Find addresses and ranges that nothing comes from; follows validateService."""
    spec = service.mapping().get("spec") or {}
    strict = cluster.minor >= 36
    for index, text in enumerate(spec.get("externalIPs") or ()):
        address = networks.address(text or "")
        if address is None:
            reason: str | None = "it is no IP address"
        else:
            reason = (address.problem if strict else None) or networks.endpoint_problem(address)
        if reason:
            yield service.at("spec", "externalIPs", index).found(
                f"the external address is `{text or ''}`: {reason}",
                help="write an IP address that clients reach, such as 192.0.2.10",
            )
    ranges = spec.get("loadBalancerSourceRanges")
    if ranges:
        for index, text in enumerate(ranges):
            if reason := _problem((text or "").strip(_BLANKS), strict):
                yield service.at("spec", "loadBalancerSourceRanges", index).found(
                    f"the source range is `{text or ''}`: {reason}", help="write a range such as `10.0.0.0/8`"
                )
        return
    noted = service.annotations.get(_ANNOTATION)
    if noted.__class__ is str and noted.strip(_BLANKS):
        for text in noted.split(","):
            if reason := _problem(text.strip(_BLANKS), strict):
                yield service.at("metadata", "annotations", _ANNOTATION).found(
                    f"the source range is `{text.strip(_BLANKS)}`: {reason}",
                    help="write ranges such as `10.0.0.0/8` with commas",
                )


def _problem(text: str, strict: bool) -> str | None:
    found = networks.cidr(text)
    if found is None:
        return "an address, `/` and the length of the prefix"
    return found.problem if strict else None
