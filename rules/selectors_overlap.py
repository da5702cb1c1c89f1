"""Two controllers whose selectors choose the pods of one another.

Controllers tell their pods by labels. Deployments, ReplicaSets, StatefulSets and DaemonSets of one namespace with
overlapping selectors adopt pods without an owner from one another, and everything that selects by these labels takes
both for one: an autoscaler averages over both (`AmbiguousSelector`), a budget counts both, a Service sends requests
to either.

Give each its own label (`app.kubernetes.io/name`, or `component`) in the selector and in the template.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import merge
from typing import Any

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    DaemonSet,
    Deployment,
    Findings,
    LabelSelector,
    Neighbours,
    ReplicaSet,
    StatefulSet,
    Workload,
    circles,
    rule,
)


@rule(Category.RISKY)
def check(workload: Deployment | StatefulSet | DaemonSet | ReplicaSet, cluster: Cluster) -> Findings:
    """An earlier controller of the set and namespace that chooses these pods, and whose pods this one chooses."""
    selector = workload.spec["selector"].view(LabelSelector)
    wanted = selector.get("matchLabels")
    if not wanted or selector.get("matchExpressions") or not selector.matches(workload.pod.labels):
        return
    index = _index(cluster, workload, wanted)
    wide = workload.namespace not in ("", "default")  # files of one folder may be alternatives, without a namespace
    beside = [index.controllers.applied_with(workload, None)]
    if wide:
        beside.append(index.controllers.beside(workload, None))
    for number, other in merge(*beside, key=lambda one: one[0]):
        if number >= index.numbers.get(id(workload.value), 0) or cluster.is_changed(workload):
            return  # each pair is said once, at the second one
        if other.name != workload.name and other.spec["selector"].view(LabelSelector).matches(workload.pod.labels):
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


class _SelectorIndex:
    """The controllers whose pods have some labels, of one name and selector in one place the first; and their numbers."""

    def __init__(self, cluster: Cluster, chosen: list[Workload]) -> None:
        self.numbers: dict[int, int] = {}
        first: dict[Any, Workload] = {}
        for other in chosen:
            if isinstance(other, (Deployment, StatefulSet, DaemonSet, ReplicaSet)) and not cluster.is_changed(other):
                key = other.name, repr(other.spec["selector"].value), circles(cluster, other)
                self.numbers[id(other.value)] = len(first)
                first.setdefault(key, other)
        self.controllers = Neighbours(cluster, ((None, other) for other in first.values()))


def _known_indexes(_: Cluster) -> dict[int, _SelectorIndex]:
    """A list of chosen workloads, by its id -> its controllers."""
    return {}


def _index(cluster: Cluster, workload: Workload, wanted: Mapping[str, Any]) -> _SelectorIndex:
    known = cluster.once(_known_indexes)
    chosen = cluster.selected_by(wanted, workload.namespace)
    if id(chosen) not in known:
        known[id(chosen)] = _SelectorIndex(cluster, chosen)
    return known[id(chosen)]
