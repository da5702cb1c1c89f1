"""A metric of a HorizontalPodAutoscaler that is incomplete or says two things.

The field that describes a metric is the one of its `type`, and only that one: `resource` for Resource, and so on. Its
target has the number that this type can use: averageUtilization or averageValue for resources, averageValue for Pods,
value or averageValue for Object and External.

Write the one field of the type, and in `target` the number that goes with it.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import AutoscalerMetric, Category, Findings, Node, rule

# The type of a metric -> its field, in the order in which the server looks at them.
_FIELDS = {
    "Object": "object",
    "External": "external",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}


@rule(Category.REJECTED, needs=("containerResource", "external", "object", "pods", "resource", "type"))
def check(metric: AutoscalerMetric) -> Findings:
    """Follows validateMetricSpec in pkg/apis/autoscaling/validation."""
    written = metric.value
    present = [field for field in _FIELDS.values() if written.get(field) is not None]
    kind = written.get("type") or ""
    wanted = _FIELDS.get(kind)
    if wanted is not None and wanted not in present:
        yield metric[wanted].found(
            f"a metric of type {kind} needs `{wanted}`", help=f"write `{wanted}`, or another type"
        )
    if len(present) > 1 or (present and present != [wanted] and wanted is not None):
        for field in present:
            if field != wanted:
                yield metric[field].found(
                    f"`{field}` does not belong to a metric of type {kind}", help="remove it", key=True
                )
    if present:
        # The server looks only at the first one.
        yield from _target(metric[present[0]]["target"], present[0], written[present[0]].get("target") or {})


def _target(node: Node, field: str, target: dict[str, Any]) -> Findings:
    given = [name for name in ("averageUtilization", "averageValue", "value") if target.get(name) is not None]
    if field in ("resource", "containerResource"):
        choices: tuple[str, ...] = ("averageUtilization", "averageValue")
    elif field == "pods":
        choices = ("averageValue",)
    else:
        choices = ("averageValue", "value")
    chosen = [name for name in choices if name in given]
    if not chosen:
        yield node[choices[0]].found(
            f"the target of a metric in `{field}` needs {' or '.join(choices)}", help=f"write `{choices[0]}`"
        )
    elif len(chosen) > 1 and field != "object":
        yield node[chosen[1]].found(
            f"the target cannot have both {chosen[0]} and {chosen[1]}", help="keep one of them", key=True
        )
