"""A PodDisruptionBudget that protects nothing, or everything in its namespace.

With neither `minAvailable` nor `maxUnavailable` nothing is protected, and without a `selector` no pod is meant. The
empty selector `{}` means every pod of the namespace, those of Jobs too.

Write `maxUnavailable: 1` and the labels of the pods.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import DisruptionBudget
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.ADVICE)
def check(budget: DisruptionBudget) -> Findings:
    """Find budgets without a number, without a selector, or with the empty one."""
    spec = budget["spec"]
    if spec.get("minAvailable") is None and spec.get("maxUnavailable") is None:
        yield spec.found(
            "the budget says neither minAvailable nor maxUnavailable, and protects nothing",
            help="write maxUnavailable: 1",
            key=True,
        )
    selector = spec["selector"]
    if not selector.present:
        yield spec.found(
            "the budget has no selector, and no pod is meant", help="write the labels of the pods", key=True
        )
    elif not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield selector.found("the empty selector means every pod of the namespace", help="write the labels of the pods")
