"""Numbers and percentages of update strategies, as the server reads them."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.values import names
from kubetrial.lint.values.digits import whole
from kubetrial.lint.yaml.node import Findings, Node


def is_zero(rolling: dict[str, Any], field: str, default: Any = "25%") -> bool:
    """Whether the server reads a number or percentage as 0; a text that is no percentage counts as 0 too."""
    value = rolling.get(field)
    if value is None:
        value = default
    if isinstance(value, str):
        return not value.rstrip("%").strip("0") if value.rstrip("%").isdecimal() else True
    return bool(value == 0)


def amount(node: Node) -> Findings:
    """Whether a value is a number of pods or a percentage; follows ValidatePositiveIntOrPercent."""
    value = node.value
    if isinstance(value, str):
        reason = names.percent(value)
        if reason is not None:
            yield node.found(
                f"`{node.key}` is `{value}`: {reason}, or a number",
                help="write a number such as 1, or a percentage such as 25%",
            )
        elif (whole(value[:-1]) or 0) > 100:
            yield node.found(f"`{node.key}` is {value}; at most 100% is allowed", help="write 100% or less")
    elif isinstance(value, int) and value < 0:
        yield node.found(f"`{node.key}` is {value}; it must be 0 or more", help="write 0 or more")
