"""A variable or file wants an amount that containers do not have, or in odd units.

`resourceFieldRef` knows limits and requests of cpu, memory, ephemeral-storage and huge pages. The divisor is one
unit: `1` or `1m` for cpu, `1`, `1k`, `1Mi` and the like for the others. The API server refuses the pod.

Write for example `resource: limits.memory` and `divisor: 1Mi`.

See https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-resourceFieldRef
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceFieldSelector, nearest, rule
from kubetrial.lint.values import references


@rule(Category.REJECTED, needs=("resource",))
def check(selector: ResourceFieldSelector) -> Findings:
    """Find unknown amounts and units; follows validateContainerResourceFieldSelector in pkg/apis/core/validation."""
    resource = selector.value.get("resource")
    if not resource:
        return
    if not references.is_container_resource(resource):
        close = nearest(resource, references.CONTAINER_RESOURCES)
        yield selector["resource"].found(
            f"`{resource}` is no amount of a container; supported: {', '.join(references.CONTAINER_RESOURCES)}",
            help=f"write `{close}`" if close else "",
        )
    divisor = selector.value.get("divisor")
    reason = references.divisor_problem(resource, divisor) if divisor is not None else None
    if reason:
        yield selector["divisor"].found(
            f"{resource} cannot be divided by {divisor}: {reason}",
            help="write a divisor such as 1, or 1m for cpu and 1Mi for memory",
        )
