"""Label selectors and node selector terms against labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """A LabelSelector: None selects nothing, an empty one everything."""
    if selector is None:
        return False
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    return all(requirement(r, labels) for r in selector.get("matchExpressions") or ())


def requirement(written: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """One expression: In, NotIn, Exists, DoesNotExist, Gt, Lt."""
    key, operator, values = str(written.get("key")), written.get("operator"), written.get("values") or ()
    own = labels.get(key)
    if operator == "In":
        return own is not None and own in values
    if operator == "NotIn":
        return own is None or own not in values
    if operator == "Exists":
        return key in labels
    if operator == "DoesNotExist":
        return key not in labels
    if operator in ("Gt", "Lt") and own is not None and values:
        try:
            return int(own) > int(values[0]) if operator == "Gt" else int(own) < int(values[0])
        except ValueError:
            return False
    return False
