"""Label selectors and node selector terms against labels, tolerations against taints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values.selector import Requirement


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, Any]) -> bool:
    """A LabelSelector (LabelSelectorAsSelector): None selects nothing, an empty one everything; a null value is an empty text.

    One that cannot be read, of a kind whose schema is not known, selects nothing.
    """
    if selector is None or (wanted := selector.get("matchLabels") or {}).__class__ is not dict:
        return False
    for key, value in wanted.items():
        if key not in labels or (labels[key] or "") != (value or ""):
            return False
    return all(requirement(written or {}, labels) for written in selector.get("matchExpressions") or ())


def matches_all(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """A plain map of labels, such as a Service's selector or a nodeSelector."""
    return all(key in labels and (labels[key] or "") == (value or "") for key, value in wanted.items())


def requirement(written: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """One expression: In, NotIn, Exists, DoesNotExist, Gt, Lt."""
    values = tuple(written.get("values") or ())
    return Requirement(str(written.get("key") or ""), str(written.get("operator")), values).matches(labels)


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
