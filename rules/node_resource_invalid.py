"""A Node's capacity is below zero, or a fraction of something that comes in whole units.

The API server refuses such amounts in `status.capacity` and `status.allocatable`. Kubelets report both; manifests
need neither.

Remove the amounts, or correct them.

See https://kubernetes.io/docs/reference/node/node-status/#capacity
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, KubernetesNode, rule
from kubetrial.lint.values import quantity, resources


@rule(Category.REJECTED, needs=("status",))
def check(machine: KubernetesNode) -> Findings:
    """Find amounts that no machine has; follows ValidateNodeResources."""
    status = machine.mapping().get("status")
    if not status:
        return
    for field in ("capacity", "allocatable"):
        for name, amount in (status.get(field) or {}).items():
            parsed = quantity.parse(0 if amount is None else amount)
            node = machine["status"][field][name]
            if parsed.unscaled < 0:
                yield node.found(f"{name} is {amount}; it must be zero or more", help="write 0 or more")
            elif parsed.milli_value() % 1000 and resources.is_counted(name):
                yield node.found(f"{name} is {amount}; it comes in whole units only", help="write a whole number")
