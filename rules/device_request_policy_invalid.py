"""The request policy of a device's capacity cannot be kept.

A policy is for devices with `allowMultipleAllocations: true`, has `validValues` or `validRange` with a `default` that
is one of them, and stays within the capacity; steps lead from `min` to `default` and `max`. The API server refuses
the rest.

Correct the amount that the message names.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#consumable-capacity
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Device, Findings, Node, rule
from kubetrial.lint.values import quantity


@rule(Category.REJECTED, since=36, needs=("capacity",))
def check(device: Device) -> Findings:
    """Find policies that no request can meet; follows validateRequestPolicy."""
    shared = device.mapping().get("allowMultipleAllocations") is True
    for name, capacity in (device.mapping().get("capacity") or {}).items():
        policy = (capacity or {}).get("requestPolicy")
        if policy is None:
            continue
        node = device["capacity"][name]["requestPolicy"]
        choices, span = policy.get("validValues"), policy.get("validRange")
        if not shared:
            yield node.found(
                "requestPolicy needs `allowMultipleAllocations: true` in the device",
                help="remove it, or set that",
                key=True,
            )
        elif choices and span is not None:
            yield node["validRange"].found(
                "validValues and validRange exclude one another", help="keep one", key=True, path=node.path
            )
        elif (choices or span is not None) and policy.get("default") is None:
            yield node["default"].found(
                "the policy needs a `default`", help="write the amount that a request gets which names none"
            )
        elif choices:
            yield from _values(
                node, [quantity.parse(c or 0) for c in choices], policy, quantity.parse(capacity.get("value") or 0)
            )
        elif span is not None:
            yield from _range(node, span, quantity.parse(policy["default"]), quantity.parse(capacity.get("value") or 0))


def _values(
    node: Node, choices: list[quantity.Quantity], policy: Mapping[str, Any], most: quantity.Quantity
) -> Findings:
    place = node["validValues"]
    if len(choices) > 10:
        yield place.found(
            f"validValues has {len(choices)} items; 10 are allowed", help="keep 10, or write a validRange", key=True
        )
        return
    for index, choice in enumerate(choices):
        if index and choices[index - 1] > choice:
            yield place[index].found(
                f"{choice} stands after {choices[index - 1]}; the values must rise",
                help="write the values in rising order",
            )
        if any(choice.value() == other.value() for other in choices[:index]):
            yield place[index].found(f"{choice} stands twice", help="remove one of the two")
        if choice > most:
            yield place[index].found(
                f"{choice} is more than the capacity, which is {most}", help=f"write {most} or less, or remove it"
            )
    if quantity.parse(policy["default"]) not in choices:
        yield place.found(
            f"the default {policy['default']} is none of the values", help="add it, or choose another default"
        )


def _range(node: Node, span: Mapping[str, Any], default: quantity.Quantity, most: quantity.Quantity) -> Findings:
    place = node["validRange"]
    if span.get("min") is None:
        yield place["min"].found("validRange needs `min`", help="write the smallest amount as `min`")
        return
    low = quantity.parse(span["min"])
    high = quantity.parse(span["max"]) if span.get("max") is not None else None
    step = quantity.parse(span["step"]) if span.get("step") is not None else None
    if low > most:
        yield place["min"].found(f"min {low} is more than the capacity, which is {most}", help=f"write {most} or less")
    if default < low:
        yield node["default"].found(
            f"the default {default} is below min, which is {low}",
            help=f"write {low} or more",
            path=f"{place.path}.default",
        )
    if high is not None:
        if low > high or high > most:
            yield place["max"].found(
                f"max {high} is not between min, which is {low}, and the capacity, which is {most}",
                help=f"write an amount from {low} to {most}",
            )
        if default > high:
            yield node["default"].found(
                f"the default {default} is above max, which is {high}",
                help=f"write {high} or less",
                path=f"{place.path}.default",
            )
    if step is None:
        return
    if step.unscaled <= 0:
        yield place["step"].found(
            f"step is {step}; it must be above zero", help="write an amount such as 1Gi, or remove it"
        )
        return
    if low + step > most:
        yield place["step"].found(
            f"one step from min, {low + step}, is more than the capacity, which is {most}", help="write a smaller step"
        )
    for said, value in (("default", default), ("max", high)):
        if value is not None and (value.value() - low.value()) % step.value():
            yield place["step"].found(
                f"no whole number of steps of {step} leads from min to {said}, which is {value}",
                help=f"write min and a whole number of times {step}",
            )
