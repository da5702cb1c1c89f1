"""Nodes that the selectors and affinities of a pod exclude."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def excluded(expressions: Any, selector: Mapping[str, Any]) -> str:
    """Why a term excludes the nodes of a selector, or all nodes; empty where it need not."""
    allowed: dict[Any, set[Any]] = {}
    for item in expressions:
        item = item or {}
        key, operator, values = str(item.get("key")), item.get("operator"), set(item.get("values") or ())
        if key in selector:
            own = selector[key]
            if operator == "In" and own not in values:
                return f"nodeSelector asks for {key}: {own}, the affinity for {' or '.join(sorted(map(str, values)))}"
            if (operator == "NotIn" and own in values) or operator == "DoesNotExist":
                return f"nodeSelector asks for {key}: {own}, and the affinity excludes it"
        if operator == "In":
            allowed[key] = allowed[key] & values if key in allowed else values
            if not allowed[key]:
                return f"two expressions ask for different values of {key}"
        elif operator == "NotIn" and key in allowed and allowed[key] <= values:
            return f"one expression asks for a value of {key} that another excludes"
    return ""
