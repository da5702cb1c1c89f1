"""A ResourceQuota counts something that quotas cannot count.

Quotas know cpu, memory, storage and a fixed list of objects; other objects are counted as `count/deployments.apps`,
other resources by their domain. The API server refuses unknown names, amounts below zero, and fractions of things.

Write `requests.cpu`, `pods`, `count/cronjobs.batch` or `requests.example.com/gpu`.

See https://kubernetes.io/docs/concepts/policy/resource-quotas/#types-of-resource-quota
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceQuota, rule
from kubetrial.lint.values import quantity, resources


@rule(Category.REJECTED, needs=("hard",))
def check(quota: ResourceQuota) -> Findings:
    """Find limits on nothing; follows ValidateResourceQuotaSpec."""
    hard = (quota.mapping().get("spec") or {}).get("hard") or {}
    for name, amount in hard.items():
        node = quota.at("spec", "hard", name)
        if reason := resources.quota_problem(name):
            yield node.found(
                f"`{name}` in `hard`: {reason}", help="count objects as `count/deployments.apps`", key=True
            )
        parsed = quantity.parse(0 if amount is None else amount)
        if parsed.unscaled < 0:
            yield node.found(f"{name} is {amount}; it must be zero or more", help="write 0 or more")
        elif parsed.milli_value() % 1000 and resources.is_counted(name):
            yield node.found(f"{name} is {amount}; only whole numbers can be counted", help="write a whole number")
