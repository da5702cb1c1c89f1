"""A container may use far more memory than was set aside for it.

The scheduler counts the request. What a container uses above it was promised to nobody: when several do so at once,
the kubelet evicts them or the kernel kills them.

Write a memory request near the limit. The option `factor` says how many times the request the limit may be (1 asks
for equal ones, as a Guaranteed pod has them), and `names` which resources are meant.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceRequirements, rule
from kubetrial.lint.values.quantity import Quantity, QuantityError, parse


@rule(Category.ADVICE, needs=("requests",))
def check(resources: ResourceRequirements, *, factor: int = 2, names: tuple[str, ...] = ("memory",)) -> Findings:
    """Find limits above `factor` times the request."""
    limits, requests = resources.get("limits"), resources.get("requests")
    if not limits or not requests:
        return
    for name in names:
        if name in limits and name in requests:
            try:
                limit, request = parse(limits[name]), parse(requests[name])
            except QuantityError:
                continue
            if limit.compare(Quantity(request.unscaled * factor, request.exponent)) > 0:
                yield resources["limits"][name].found(
                    f"the limit of {name} ({limits[name]}) is more than {factor} times the request ({requests[name]})",
                    consequence="what is used above the request was set aside for nobody: the pod is evicted first",
                    help="raise the request, or lower the limit",
                )
