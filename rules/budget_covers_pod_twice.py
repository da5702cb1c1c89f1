"""Two PodDisruptionBudgets that select the same pods.

The eviction of such a pod fails with an internal error, always: "This pod has more than one PodDisruptionBudget,
which the eviction subresource does not support". A drain of its node never ends.

Give each pod one budget.

See https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets
"""

from __future__ import annotations

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import DisruptionBudget, LabelSelector
from kubetrial.lint.node import Findings
from kubetrial.lint.references import applied_together, may_change, workloads_of
from kubetrial.lint.rule import rule


@rule(Category.BROKEN)
def check(budget: DisruptionBudget, cluster: Cluster) -> Findings:
    """An earlier budget that selects pods of this one too: each pair is said once, at the second one."""
    selector = budget["spec"]["selector"]
    if not selector.present or len(cluster.beside(budget, DisruptionBudget)) < 2:
        return
    covered = _covered(cluster)
    for workload in workloads_of(cluster, budget, selector.view(LabelSelector)):
        for other in covered.get(id(workload), ()):
            if other.value is budget.value or other.name == budget.name:
                break  # the later ones say it
            if other.namespace == budget.namespace and _at_once(cluster, budget, other):
                yield selector.found(
                    f"the pods of {workload.kind} {workload.name} belong to the PodDisruptionBudget {other.name} too",
                    key=True,
                    consequence="no such pod can be evicted (more than one PodDisruptionBudget): a drain never ends",
                    help="remove one of the budgets, or select fewer pods",
                    related=((f"the selector of {other.name}", other["spec"]["selector"]),),
                )
                return


def _at_once(cluster: Cluster, one: DisruptionBudget, other: DisruptionBudget) -> bool:
    """Whether both are certain to be applied as they are written: files of one folder may be alternatives."""
    return applied_together(cluster, one, other) and not may_change(cluster, one, other)


def _covered(cluster: Cluster) -> dict[int, list[DisruptionBudget]]:
    """The budgets of each workload, by the identity of its object."""
    found: dict[int, list[DisruptionBudget]] | None = cluster.memo.get("budgets-of-workloads")
    if found is None:
        found = cluster.memo["budgets-of-workloads"] = {}
        for budget in cluster.all(DisruptionBudget):
            for workload in workloads_of(cluster, budget, budget["spec"]["selector"].view(LabelSelector)):
                found.setdefault(id(workload), []).append(budget)
    return found
