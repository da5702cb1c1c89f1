"""A ResourceQuota allows more requests than limits.

A pod's requests are never above its limits, so the larger part can never be used; the API server takes it with a
warning.

Lower `requests.*`, or raise `limits.*`.

See https://kubernetes.io/docs/concepts/policy/resource-quotas/#compute-resource-quota
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceQuota, rule
from kubetrial.lint.values import quantity


@rule(Category.RISKY)
def check(quota: ResourceQuota) -> Findings:
    """Find requests that limits cut off; follows WarningsOnCreate of quotas."""
    hard = (quota.mapping().get("spec") or {}).get("hard") or {}
    for name in ("cpu", "memory", "ephemeral-storage"):
        request = f"requests.{name}"
        if request not in hard and name != "ephemeral-storage":
            request = name
        if request not in hard or f"limits.{name}" not in hard:
            continue
        if quantity.parse(hard[request] or 0) > quantity.parse(hard[f"limits.{name}"] or 0):
            yield quota.at("spec", "hard", request).found(
                f"{request} is {hard[request]}, above limits.{name}, which is {hard[f'limits.{name}']}",
                help="write at most the limit",
                related=((f"limits.{name}", quota.at("spec", "hard", f"limits.{name}")),),
            )
