"""A PodDisruptionBudget without a number, without a selector, or for all pods around it.

With neither `minAvailable` nor `maxUnavailable` no disruption is allowed, so nodes of its pods cannot be drained (where
the pods are in the set, budget-blocks-drain shows it). Without a `selector` no pod is meant. The empty selector `{}`
means every pod of the namespace, those of Jobs too.

Write `maxUnavailable: 1` and the labels of the pods.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, DisruptionBudget, Findings, LabelSelector, rule, workloads_of


@rule(Category.ADVICE)
def check(budget: DisruptionBudget, cluster: Cluster) -> Findings:
    """Find budgets without a number, without a selector, or with the empty one."""
    spec = budget["spec"]
    selector = spec["selector"]
    is_open = spec.get("minAvailable") is None and spec.get("maxUnavailable") is None
    if is_open and not workloads_of(cluster, budget, selector.view(LabelSelector)):
        yield spec.found(
            "the budget says neither minAvailable nor maxUnavailable, and allows no disruption at all",
            consequence="nodes of the pods that it selects can never be drained",
            help="write maxUnavailable: 1",
            key=True,
        )
    if not selector.present:
        yield spec.found(
            "the budget has no selector, and no pod is meant", help="write the labels of the pods", key=True
        )
    elif not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield selector.found("the empty selector means every pod of the namespace", help="write the labels of the pods")
