"""Label selectors and node selector terms against labels, tolerations against taints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values.selector import Requirement


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
    values = tuple(written.get("values") or ())
    return Requirement(str(written.get("key")), str(written.get("operator")), values).matches(labels)


def node_term(term: Mapping[str, Any], labels: Mapping[str, str], name: str) -> bool:
    """One node selector term against a node; an empty one matches nothing."""
    expressions, of_fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not of_fields:
        return False
    return all(requirement(r, labels) for r in expressions) and all(
        requirement(r, {"metadata.name": name}) for r in of_fields
    )


def tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    """Whether one toleration covers a taint."""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    key, operator = toleration.get("key"), toleration.get("operator") or "Equal"
    if not key:
        return bool(operator == "Exists")
    if key != taint.get("key"):
        return False
    own, theirs = str(toleration.get("value") or ""), str(taint.get("value") or "")
    if operator == "Exists":
        return True
    if operator in ("Lt", "Gt"):
        try:
            return int(theirs) < int(own) if operator == "Lt" else int(theirs) > int(own)
        except ValueError:
            return False
    return own == theirs
