"""Two PodDisruptionBudgets that select the same pods.

The eviction of such a pod fails with an internal error, always: "This pod has more than one PodDisruptionBudget,
which the eviction subresource does not support". A drain of its node never ends.

Give each pod one budget.

See https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets
"""

from __future__ import annotations

from heapq import merge

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    DisruptionBudget,
    Findings,
    LabelSelector,
    Neighbours,
    Workload,
    is_transformed,
    rule,
    workloads_of,
)


@rule(Category.BROKEN, needs=("selector",))
def check(budget: DisruptionBudget, cluster: Cluster) -> Findings:
    """An earlier budget that selects pods of this one too: each pair is said once, at the second one."""
    selector = budget["spec"]["selector"]
    if not selector.present or len(cluster.beside(budget, DisruptionBudget)) < 2 or is_transformed(cluster, budget):
        return
    index = cluster.once(_BudgetIndex)
    for workload, lists in index.of_workloads(workloads_of(cluster, budget, selector.view(LabelSelector))):
        applied = (index.budgets.applied_with(budget, number) for number in lists)
        for _, other in merge(*applied, key=lambda one: one[0]):
            if other.value is budget.value or other.name == budget.name:
                break  # the later ones say it
            # Files of one folder may be alternatives: only what is certain to be applied as it is written counts.
            if other.namespace == budget.namespace and not is_transformed(cluster, other):
                yield selector.found(
                    f"the pods of {workload.kind} {workload.name} belong to the PodDisruptionBudget {other.name} too",
                    key=True,
                    consequence="no such pod can be evicted (more than one PodDisruptionBudget): a drain never ends",
                    help="remove one of the budgets, or select fewer pods",
                    related=((f"the selector of {other.name}", other["spec"]["selector"]),),
                )
                return


class _BudgetIndex:
    """The budgets of a set by the list of workloads that they choose: those that choose alike have one list."""

    def __init__(self, cluster: Cluster) -> None:
        self._lists: dict[int, list[int]] = {}  # a workload -> the lists that it is in
        self._alike: dict[int, list[tuple[Workload, list[int]]]] = {}
        by_list: list[tuple[int, DisruptionBudget]] = []
        for budget in cluster.all(DisruptionBudget):
            chosen = workloads_of(cluster, budget, budget["spec"]["selector"].view(LabelSelector))
            if id(chosen) not in self._alike:
                self._alike[id(chosen)] = []
                for workload in chosen:
                    self._lists.setdefault(id(workload), []).append(id(chosen))
            by_list.append((id(chosen), budget))
        self.budgets = Neighbours(cluster, by_list)

    def of_workloads(self, chosen: list[Workload]) -> list[tuple[Workload, list[int]]]:
        """The workloads of a list with the lists that they are in; of those that are in the same ones the first."""
        if not self._alike.get(id(chosen)):
            first: dict[tuple[int, ...], Workload] = {}
            for workload in chosen:
                first.setdefault(tuple(self._lists.get(id(workload), ())), workload)
            self._alike[id(chosen)] = [(workload, list(lists)) for lists, workload in first.items()]
        return self._alike[id(chosen)]
