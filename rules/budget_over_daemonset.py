"""A budget by maxUnavailable or percentage over the pods of a DaemonSet.

For such a budget the controller asks the owner of each selected pod for its scale, and a DaemonSet has none: the budget
reports SyncFailed and allows no disruption. Drains leave the pods of DaemonSets out, but every other eviction, as by an
autoscaler of nodes or a descheduler, is refused.

Leave the budget out: a DaemonSet limits its own updates by maxUnavailable. Or write minAvailable as a number.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    DaemonSet,
    DisruptionBudget,
    Findings,
    LabelSelector,
    named,
    rule,
    sure_of,
    workloads_of,
)


@rule(Category.ADVICE, needs=("maxUnavailable", "minAvailable"))
def check(budget: DisruptionBudget, cluster: Cluster) -> Findings:
    """Follows getExpectedScale in pkg/controller/disruption; budget-covers-job-pods says it where other pods suffer too."""
    spec = budget["spec"]
    field = "maxUnavailable" if spec["maxUnavailable"].present else "minAvailable"
    if field == "minAvailable" and not isinstance(spec.get(field), str):
        return
    if not spec["selector"].mapping():
        return
    chosen = sure_of(cluster, budget, workloads_of(cluster, budget, spec.view(LabelSelector, "selector")))
    if chosen and all(isinstance(workload, DaemonSet) for workload in chosen):
        yield spec[field].found(
            f"the budget {budget.name} covers the DaemonSet {chosen[0].name}, which has no scale",
            key=True,
            consequence="it allows no disruption: drains leave these pods out, and every other eviction is refused",
            help="leave the budget out, or write minAvailable as a number",
            related=(named(chosen[0]),),
        )
