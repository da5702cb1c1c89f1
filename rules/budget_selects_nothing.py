"""A PodDisruptionBudget whose selector matches no pod of the manifests.

The budget protects nothing: a drain of nodes evicts all pods of the application at once. Its status shows 0 expected pods.

Write the labels of the pod template (`spec.template.metadata.labels`), in the same namespace.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, DisruptionBudget, Findings, LabelSelector, missed, rule


@rule(Category.RISKY)
def check(budget: DisruptionBudget, cluster: Cluster) -> Findings:
    """A selector that misses the pods it was meant for, or the only one of its folder without pods."""
    yield from missed(
        cluster,
        budget,
        budget["spec"]["selector"].view(LabelSelector),
        f"the PodDisruptionBudget {budget.name}",
        "the budget protects nothing: a drain may evict all pods at once",
    )
