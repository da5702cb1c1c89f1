"""A PodDisruptionBudget whose selector misses the pods that it is meant for.

A budget protects the pods of its namespace that its selector matches. One that matches none protects nothing, and
says so nowhere: drains take all pods at once.

Write labels that stand in the template of the workload, in the same namespace.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import LabelSelector, Object, Workload
from kubetrial.lint.node import Findings, Found
from kubetrial.lint.rule import rule
from kubetrial.lint.together import together


@rule(Category.RISKY)
def check(cluster: Cluster) -> Findings:
    """Budgets of a complete set with a workload of their name, file or nearly their labels, and no pod that matches."""
    if not cluster.complete:
        return
    for budget in cluster.kind("policy", "PodDisruptionBudget"):
        selector = budget["spec"]["selector"].view(LabelSelector)
        if selector.is_empty or cluster.is_changed(budget):
            continue
        beside = [w for w in cluster.beside(budget, Workload) if together(cluster, budget, w)]
        if any(selector.matches(w.pod.labels) for w in beside):
            continue
        for workload in beside:
            if workload.name == budget.name or workload.document.file == budget.document.file:
                yield _misses(budget, selector, workload)
                break


def _misses(budget: Object, selector: LabelSelector, workload: Workload) -> Found:
    labels = workload.pod.labels
    wanted = selector.get("matchLabels") or {}
    wrong = ", ".join(f"{key}: {value}" for key, value in wanted.items() if labels.get(key) != value)
    return selector.found(
        f"the budget {budget.name} selects no pod of these manifests"
        + (f": {workload} has not {wrong}" if wrong else ""),
        key=True,
        consequence="it protects nothing: a drain takes all pods of the workload at once",
        help="write the labels of the pod template",
        related=((f"the labels of {workload}", workload.pod.metadata["labels"]),),
    )
