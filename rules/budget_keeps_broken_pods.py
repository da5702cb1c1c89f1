"""A PodDisruptionBudget under which pods that never get ready stop a drain.

Unless `unhealthyPodEvictionPolicy` is AlwaysAllow, a pod that crashes or fails its readiness probe counts against
the budget: a broken deployment keeps nodes from being drained and upgraded.

Write `unhealthyPodEvictionPolicy: AlwaysAllow`, unless a pod that is not ready still has work to save.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DisruptionBudget, Findings, rule


@rule(Category.ADVICE, since=27)
def check(budget: DisruptionBudget) -> Findings:
    """Find budgets that do not say AlwaysAllow or, on purpose, IfHealthyBudget."""
    if budget["spec"].present and budget["spec"].get("unhealthyPodEvictionPolicy") is None:
        yield budget["spec"]["unhealthyPodEvictionPolicy"].found(
            "pods that never get ready count against this budget, and stop a drain",
            help="write unhealthyPodEvictionPolicy: AlwaysAllow",
        )
