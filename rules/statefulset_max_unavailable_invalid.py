"""A StatefulSet whose `maxUnavailable` is 0 or no amount of pods.

How many pods a rolling update may take away at once: a number from 1, or a percentage from 1% to 100%. Before
Kubernetes 1.37 the field is dropped unless the cluster's MaxUnavailableStatefulSet feature is on, and nothing is
checked.

Write 1, the default, or more.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#maximum-unavailable-pods
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule
from kubetrial.lint.objects.strategies import amount, is_zero


@rule(Category.REJECTED, since=37, needs=("updateStrategy",))
def check(statefulset: StatefulSet) -> Findings:
    """Follows validateRollingUpdateStatefulSet in pkg/apis/apps/validation."""
    strategy = (statefulset.value.get("spec") or {}).get("updateStrategy")
    if (
        not strategy
        or not strategy.get("rollingUpdate")
        or (strategy.get("type") or "RollingUpdate") != "RollingUpdate"
    ):
        return
    if strategy["rollingUpdate"].get("maxUnavailable") is None:
        return
    node = statefulset.at("spec", "updateStrategy", "rollingUpdate", "maxUnavailable")
    found = list(amount(node))
    yield from found
    if not found and is_zero(strategy["rollingUpdate"], "maxUnavailable"):
        yield node.found(f"maxUnavailable is {node.value}, so no pod could be replaced", help="write 1 or more")
