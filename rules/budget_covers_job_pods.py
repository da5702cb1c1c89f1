"""A budget by maxUnavailable or percentage that also covers pods of a Job or DaemonSet.

For such a budget the controller asks the owner of each selected pod for its scale. Jobs and DaemonSets have none: the
budget reports SyncFailed and allows no disruption, also of the workload that it was meant for, and drains hang.

Leave these pods out of the selector, or write minAvailable as a number.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors
"""

from __future__ import annotations

from collections.abc import Mapping

from kubetrial.lint.authoring import Category, Cluster, DisruptionBudget, Findings, LabelSelector, rule
from kubetrial.lint.objects.job_pods import split


@rule(Category.RISKY, needs=("maxUnavailable", "minAvailable"))
def check(budget: DisruptionBudget, cluster: Cluster) -> Findings:
    """Follows getExpectedPodCount and getExpectedScale in pkg/controller/disruption."""
    spec = budget["spec"]
    if not (spec["maxUnavailable"].present or isinstance(spec.get("minAvailable"), str)):
        return
    if not isinstance(spec.get("selector"), Mapping):
        return  # none at all selects nothing, an empty one every pod of the namespace
    lasting, jobs = split(cluster, budget, spec.view(LabelSelector, "selector"), scaled=True)
    if lasting and jobs:
        yield spec["selector"].found(
            f"the budget {budget.name} also selects the pods of {jobs[0].kind} {jobs[0].name}, which has no scale",
            consequence=f"it allows no disruption while they exist, so drains of {lasting[0].name} hang: SyncFailed",
            help=f"leave the pods of the {jobs[0].kind} out of the selector, or write minAvailable as a number",
            related=((f"the labels of the pods of {jobs[0].name}", jobs[0].pod.metadata["labels"]),),
        )
