"""A toleration whose fields contradict one another.

Without a key a toleration matches every taint, which only the operator Exists can say; Exists takes no value; the
value of Equal has the form of a label; tolerationSeconds is for the effect NoExecute alone. The API server refuses
any other.

Write key, operator, value and effect as the taint has them, or `operator: Exists` alone to bear every taint.

See https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Toleration, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED)
def check(toleration: Toleration) -> Findings:
    """Find contradictions; follows ValidateTolerations in core/validation."""
    values = toleration.mapping()
    operator = values.get("operator") or ""
    value = values.get("value") or ""
    if not values.get("key") and operator != "Exists":
        yield toleration["operator"].found(
            "a toleration without a key matches every taint, and needs the operator Exists",
            help="add `key`, or write `operator: Exists`",
        )
    if values.get("tolerationSeconds") is not None and values.get("effect") != "NoExecute":
        yield toleration["effect"].found(
            "tolerationSeconds is the time until eviction, which only the effect NoExecute has",
            help="write `effect: NoExecute`, or remove it",
        )
    if operator == "Exists" and value:
        yield toleration["value"].found(
            f"the operator Exists takes no value, and this one has `{value}`",
            help="remove `value`, or write `operator: Equal`",
            path=toleration["operator"].path,
        )
    elif operator in ("", "Equal") and value and (reason := names.label_value(value)):
        yield toleration["value"].found(
            f"the value `{value}` is none of a label: {reason}",
            help=instead(value, names.label_value),
            path=toleration["operator"].path,
        )
