"""The ranges of a ServiceCIDR cannot be used.

A ServiceCIDR has one range, or two of different families, in canonical form; the API server refuses others.

Write `10.96.0.0/16`, and perhaps `fd00:10:96::/112` beside it.

See https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ServiceCIDR, rule
from kubetrial.lint.values import networks


@rule(Category.REJECTED, needs=("cidrs",))
def check(ranges: ServiceCIDR) -> Findings:
    """Find ranges that no Service can have an address of; follows validateServiceCIDRSpec."""
    texts = (ranges.mapping().get("spec") or {}).get("cidrs") or ()
    if len(texts) > 2:
        return
    found = [networks.cidr(text or "") for text in texts]
    for index, (text, one) in enumerate(zip(texts, found, strict=True)):
        problem = "it is no range of addresses" if one is None else one.problem
        if one is not None and problem is None and text != f"{one.address}/{one.length}":
            problem = f"write it as {one.address}/{one.length}"
        if problem:
            yield ranges.at("spec", "cidrs", index).found(
                f"the range is `{text or ''}`: {problem}", help="write a range such as `10.96.0.0/16`"
            )
    if len(found) == 2 and found[0] and found[1] and found[0].version == found[1].version:
        yield ranges.at("spec", "cidrs").found(
            f"both ranges are IPv{found[0].version}; one of each family is allowed", help="keep one"
        )
