"""The binding conditions of a device are not paired with its failure conditions.

A device that must be prepared names conditions for success and for failure: both lists or none, and no condition in
both. The API server refuses the rest.

Add the missing list.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#device-binding-conditions
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Device, Findings, rule


@rule(Category.REJECTED, since=36, needs=("bindingConditions", "bindingFailureConditions"))
def check(device: Device) -> Findings:
    """Find lists without their counterpart; follows validateDeviceBindingParameters."""
    values = device.mapping()
    good, bad = values.get("bindingConditions") or [], values.get("bindingFailureConditions") or []
    if not good and not bad:
        return
    if not good:
        yield device["bindingConditions"].found(
            "bindingFailureConditions need `bindingConditions` beside them",
            help="add bindingConditions, or remove bindingFailureConditions",
        )
    if not bad:
        yield device["bindingFailureConditions"].found(
            "bindingConditions need `bindingFailureConditions` beside them",
            help="add bindingFailureConditions, or remove bindingConditions",
        )
    for index, condition in enumerate(bad):
        if condition in good:
            yield device["bindingFailureConditions"][index].found(
                f"`{condition or ''}` stands in both lists", help="remove it from one"
            )
