"""A container requests more than its limit, or lacks the equal limit that it needs.

A request cannot be above the limit. Huge pages and resources of device plugins cannot be shared: their request and
limit are equal, and a request alone is not enough. Amounts are compared after rounding up to thousandths. The API
server refuses the pod.

Raise the limit or lower the request; for example.com/gpu and hugepages-2Mi write the limit alone, the request
follows.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#requests-and-limits
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, ResourceRequirements, rule
from kubetrial.lint.values import quantity, resources


@rule(Category.REJECTED, needs=("requests",))
def check(requirements: ResourceRequirements) -> Findings:
    """Find requests without their limit; follows validateResourceRequirements in pkg/apis/core/validation."""
    requests = requirements.value.get("requests")
    if not requests or requirements.of_pod:
        return
    limits = requirements.value.get("limits") or {}
    for name, amount in requests.items():
        shared = resources.may_overcommit(name)
        node = requirements["requests"][name]
        if name not in limits:
            if not shared:
                yield node.found(
                    f"`{name}` is requested without a limit; what cannot be shared needs both, and equal",
                    help=f"write `{name}: {amount}` in limits",
                    path=requirements["limits"].path,
                )
            continue
        limit = limits[name]
        if amount == limit:
            continue
        request, most = _thousandths(amount), _thousandths(limit)
        if request > most or (request != most and not shared):
            bound = "must be at most" if shared else "must be equal to"
            yield node.found(
                f"the request of {name} is {_written(amount)}; it {bound} its limit, {_written(limit)}",
                help="raise the limit, or lower the request" if shared else "write the same amount in both",
                path=requirements["requests"].path,
                related=((f"the limit of {name}", requirements["limits"][name]),),
            )


def _thousandths(amount: Any) -> int:
    """The server rounds up to thousandths before it compares; null is zero."""
    return 0 if amount is None else quantity.parse(amount).milli_value()


def _written(amount: Any) -> str:
    return "0 (null)" if amount is None else str(amount)
