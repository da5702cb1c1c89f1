"""Two controllers whose selectors choose the pods of one another.

Controllers tell their pods by labels. Deployments, ReplicaSets, StatefulSets and DaemonSets of one namespace with
overlapping selectors adopt pods without an owner from one another, and everything that selects by these labels takes
both for one: an autoscaler averages over both (`AmbiguousSelector`), a budget counts both, a Service sends requests
to either.

Give each its own label (`app.kubernetes.io/name`, or `component`) in the selector and in the template.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import islice
from typing import Any

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    DaemonSet,
    Deployment,
    DisruptionBudget,
    Findings,
    LabelSelector,
    Neighbours,
    ReplicaSet,
    StatefulSet,
    Workload,
    applied_together,
    circles,
    is_beside,
    rule,
)
from kubetrial.lint.objects.service_ports import leads_to
from kubetrial.lint.objects.serving import scaled

_OWNERS = (Deployment, StatefulSet, DaemonSet, ReplicaSet)
_SELECTOR = ("spec", "selector")
_MOST = 200
"""So many controllers that choose the same pods are looked at; a set with more is no work of people."""


@rule(Category.RISKY)
def check(workload: Deployment | StatefulSet | DaemonSet | ReplicaSet, cluster: Cluster) -> Findings:
    """An earlier controller of the set and namespace that chooses these pods, and whose pods this one chooses."""
    selector = workload.spec["selector"].view(LabelSelector)
    if not (selector.get("matchLabels") or selector.get("matchExpressions")) or cluster.is_rewritten(workload):
        return
    labels = workload.pod.labels
    if _is_alone(selector, workload, cluster) or not selector.matches(labels):
        return
    for other in _earlier(workload, selector, cluster):
        if other.name != workload.name and other.spec["selector"].view(LabelSelector).matches(labels):
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
    narrower = next(_narrower(workload, selector, cluster), None)
    if narrower is not None:
        user = _user_of_both(workload, narrower, cluster)
        yield selector.found(
            f"{workload.kind} {workload.name} selects the pods of {narrower.kind} {narrower.name} too",
            key=True,
            consequence=(
                user or "what goes by its selector (an autoscaler, a budget, kubectl logs) takes them for its own"
            ),
            level="" if user else "info",
            help=f"add a label to selector and template of {workload.name} that its own pods alone have",
            related=((f"the labels of {narrower.name}", narrower.pod.metadata["labels"]),),
        )


def _is_alone(selector: LabelSelector, workload: Workload, cluster: Cluster) -> bool:
    """Whether a plain selector chooses the pods of one workload at most; costs little."""
    wanted = selector.get("matchLabels")
    plain = wanted and not selector.get("matchExpressions")
    return bool(plain) and len(cluster.selected_by(wanted, workload.namespace)) < 2


def _user_of_both(workload: Workload, narrower: Workload, cluster: Cluster) -> str:
    """What happens by an autoscaler, Service or budget of the set that takes the pods of both for those of the first."""
    if scaled(workload, cluster):
        return f"its autoscaler averages over the pods of {narrower.name} too"
    services = {s.name for s in cluster.services_for(workload.pod.labels, workload.namespace)}
    for service in cluster.services_for(narrower.pod.labels, workload.namespace):
        if service.name in services and leads_to(service, narrower):
            return f"the Service {service.name} sends requests to the pods of both at random"
    for budget in cluster.beside(workload, DisruptionBudget):
        chosen = budget["spec"]["selector"].view(LabelSelector)
        if chosen.value and chosen.matches(workload.pod.labels) and chosen.matches(narrower.pod.labels):
            return f"the budget {budget.name} counts the pods of both"
    return ""


def _narrower(workload: Workload, selector: LabelSelector, cluster: Cluster) -> Iterator[Workload]:
    """The controllers that certainly run beside it, of which it chooses the pods, and that choose only some of those."""
    wanted = selector.get("matchLabels")
    if not wanted or selector.get("matchExpressions"):
        return
    wide = workload.namespace not in ("", "default")
    for other in _index(cluster, workload, wanted).others:
        if other.name == workload.name:
            continue
        near = applied_together(cluster, workload, other) or (wide and is_beside(cluster, workload, other))
        if not near or cluster.is_rewritten(other):
            continue
        if not other.spec["selector"].view(LabelSelector).matches(workload.pod.labels):
            yield other


def _earlier(workload: Workload, selector: LabelSelector, cluster: Cluster) -> Iterator[Workload]:
    """The controllers before this one that certainly run beside it and of which it may choose pods: each pair is said once."""
    wide = workload.namespace not in ("", "default")  # files of one folder may be alternatives, without a namespace
    wanted = selector.get("matchLabels")
    if not wanted or selector.get("matchExpressions"):
        for other in islice(cluster.choosing(Workload, workload.pod.labels, workload.namespace, *_SELECTOR), _MOST):
            if other.value is workload.value:
                return
            if not isinstance(other, _OWNERS) or cluster.is_rewritten(other) or not selector.matches(other.pod.labels):
                continue
            if applied_together(cluster, workload, other) or (wide and is_beside(cluster, workload, other)):
                yield other
        return
    index = _index(cluster, workload, wanted)
    beside = [index.controllers.applied_with(workload, None)]
    if wide:
        beside.append(index.controllers.beside(workload, None))
    for number, other in merge(*beside, key=lambda one: one[0]):
        if number >= index.numbers.get(id(workload.value), 0):
            return
        yield other


class _SelectorIndex:
    """The controllers whose pods have some labels, of one name and selector in one place the first; their numbers.

    `others` are those that choose their pods by something else than these labels.
    """

    def __init__(self, cluster: Cluster, chosen: list[Workload], wanted: Mapping[str, Any]) -> None:
        self.numbers: dict[int, int] = {}
        differing = (
            o for o in chosen if isinstance(o, _OWNERS) and o.spec["selector"].value != {"matchLabels": wanted}
        )
        self.others = list(islice(differing, _MOST))
        first: dict[Any, Workload] = {}
        for other in chosen:
            if isinstance(other, _OWNERS) and not cluster.is_rewritten(other):
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
        known[id(chosen)] = _SelectorIndex(cluster, chosen, wanted)
    return known[id(chosen)]
