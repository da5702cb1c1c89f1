"""Two controllers whose selectors choose the pods of one another.

Controllers tell their pods by labels. Deployments, ReplicaSets, StatefulSets and DaemonSets of one namespace with
overlapping selectors adopt pods without an owner from one another, and everything that selects by these labels takes
both for one: an autoscaler averages over both (`AmbiguousSelector`), a budget counts both, a Service sends requests
to either.

Give each its own label (`app.kubernetes.io/name`, or `component`) in the selector and in the template.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
"""

from __future__ import annotations

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import DaemonSet, Deployment, LabelSelector, Object, ReplicaSet, StatefulSet
from kubetrial.lint.node import Findings
from kubetrial.lint.references import applied_together, is_beside
from kubetrial.lint.rule import rule


@rule(Category.RISKY)
def check(workload: Deployment | StatefulSet | DaemonSet | ReplicaSet, cluster: Cluster) -> Findings:
    """An earlier controller of the set and namespace that chooses these pods, and whose pods this one chooses."""
    selector = workload.spec["selector"].view(LabelSelector)
    wanted = selector.get("matchLabels")
    if not wanted or selector.get("matchExpressions") or not selector.matches(workload.pod.labels):
        return
    for other in cluster.selected_by(wanted, workload.namespace):
        if other is workload or other.value is workload.value:
            return  # each pair is said once, at the second one
        if not isinstance(other, (Deployment, StatefulSet, DaemonSet, ReplicaSet)) or other.name == workload.name:
            continue
        if not other.spec["selector"].view(LabelSelector).matches(workload.pod.labels):
            continue
        if _is_beside(cluster, workload, other) and not cluster.is_changed(workload, other):
            yield selector.found(
                f"{workload.kind} {workload.name} and {other.kind} {other.name} select the same pods",
                key=True,
                consequence=(
                    "either adopts pods that lose their owner, and what goes by the selector (autoscalers, budgets, "
                    "kubectl logs) takes both for one"
                ),
                help="add a label to selector and template that only this one has",
                related=((f"the selector of {other.name}", other.spec["selector"]),),
            )
            return


def _is_beside(cluster: Cluster, one: Object, other: Object) -> bool:
    """Whether both are applied: files of one folder may be alternatives, of which each has the labels and no namespace."""
    if applied_together(cluster, one, other):
        return True
    return one.namespace not in ("", "default") and is_beside(cluster, one, other)
