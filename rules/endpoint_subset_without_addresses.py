"""A subset of Endpoints lists no addresses.

Ports alone lead nowhere, so the API server refuses a subset that has neither `addresses` nor `notReadyAddresses`.

Add the addresses; to have no endpoints, leave `subsets` out.

See https://kubernetes.io/docs/concepts/services-networking/service/#endpoints
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EndpointSubset, Findings, rule


@rule(Category.REJECTED)
def check(subset: EndpointSubset) -> Findings:
    """Find subsets that lead nowhere."""
    values = subset.mapping()
    if not values.get("addresses") and not values.get("notReadyAddresses"):
        yield subset.found("this subset has neither `addresses` nor `notReadyAddresses`", help="add the addresses")
