"""A constraint or configuration of a claim names a request that the claim does not have.

`requests` lists names of requests of the same claim, or `request/alternative` for one of `firstAvailable`; the API
server refuses other names.

Correct the name, or leave `requests` out to mean all.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#resourceclaims-templates
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceClaim, Findings, nearest, rule
from kubetrial.lint.values.listed import one_of


@rule(Category.REJECTED, needs=("config", "constraints"))
def check(claim: DeviceClaim) -> Findings:
    """Find references to no request; follows validateRequestNameRef."""
    values = claim.mapping()
    named = [(field, entry) for field in ("constraints", "config") for entry in enumerate(values.get(field) or ())]
    if not any((entry or {}).get("requests") for _, (_, entry) in named):
        return
    known = set()
    for request in values.get("requests") or ():
        name = (request or {}).get("name") or ""
        known.add(name)
        known.update(f"{name}/{(one or {}).get('name') or ''}" for one in (request or {}).get("firstAvailable") or ())
    for field, (index, entry) in named:
        for position, name in enumerate((entry or {}).get("requests") or ()):
            if (name or "") not in known:
                close = nearest(name or "", list(known))
                yield claim[field][index]["requests"][position].found(
                    f"the claim has no request `{name or ''}`",
                    help=f"write `{close}`" if close else f"write {one_of(sorted(known))}" if known else "remove it",
                )
