"""The value of a device toleration does not fit its operator.

Exists looks at the key alone, so it takes no value; Equal compares with a taint's value, which is a label value.

Remove the value, or write `operator: Equal`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#device-taints-and-tolerations
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceToleration, Findings, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("value",))
def check(toleration: DeviceToleration) -> Findings:
    """Find values that no taint can have; follows validateDeviceToleration."""
    value = toleration.mapping().get("value")
    if not value:
        return
    operator = toleration.get("operator") or "Equal"
    if operator == "Exists":
        yield toleration["value"].found(f"operator Exists takes no value; this one is `{value}`", help="remove it")
    elif operator == "Equal" and (reason := names.label_value(value)):
        yield toleration["value"].found(f"the value is `{value}`: {reason}", help=instead(value, names.label_value))
