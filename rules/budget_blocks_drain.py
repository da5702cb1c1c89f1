"""A PodDisruptionBudget that never allows a pod to go, so nodes cannot be drained.

A drain asks for the eviction of each pod. A budget with `maxUnavailable: 0`, a `minAvailable` of all replicas (one
replica and `minAvailable: 1`, or `100%`), or without either field refuses every one with 429 "Cannot evict pod as it
would violate the pod's disruption budget", and the drain tries again for ever: upgrades of the cluster hang, or kill
the pods after a timeout.

Where an autoscaler sets the number, its `minReplicas` is what counts.

Allow one pod to go (`maxUnavailable: 1`) and run at least two, or leave the budget out for a single replica.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from kubetrial.lint.authoring import (
    Category,
    Deployment,
    Findings,
    Object,
    ReplicaSet,
    StatefulSet,
    Trial,
    Workload,
    rule,
)


@rule(Category.RISKY)
def check(trial: Trial) -> Findings:
    """Budgets that refuse an eviction in a rolling drain and do not let the pod go afterwards either."""
    covered: dict[int, list[Workload]] = {}
    for workload in trial.workloads:
        if isinstance(workload, _SCALED) and workload.spec.get("replicas") != 0:
            budgets = list(islice(trial.budgets_of(workload), 2))
            if len(budgets) == 1:  # budget-covers-pod-twice says what happens where two budgets cover a pod
                covered.setdefault(id(budgets[0]), []).append(workload)
    for budget in trial.kind("PodDisruptionBudget"):
        if id(budget) in covered:
            yield from _blocks(trial, budget, covered[id(budget)])


_SCALED = (Deployment, StatefulSet, ReplicaSet)


def _blocks(trial: Trial, budget: Object, workloads: Sequence[Workload]) -> Findings:
    play = trial.play("drained", *workloads)
    for refused in play.timeline.find("pod", "eviction-refused", budget=budget.name):
        if play.timeline.find("pod", "terminating", refused.subject):
            continue  # it had to wait, and went
        running = [e for e in play.timeline.find("pod", "ready") if e.time < refused.time]
        if len({e.subject for e in running}) < sum(_wanted(workload) for workload in workloads):
            return  # pods that never ran, for which the cluster that is played has no room, block the drain and not the budget
        if any(e.time <= refused.time for e in play.timeline.find("pod", "terminating")):
            return  # it allows a disruption, and what came for the first pod is not ready: claim-shared-by-replicas says why
        node = play.node(refused.cause, budget["spec"])
        yield node.found(
            f"{_says(budget)} allows no disruption of {_names(trial, workloads)}, so the node of a pod can never be drained",
            consequence=(
                "kubectl drain and upgrades of nodes hang: Cannot evict pod as it would violate the pod's "
                "disruption budget"
            ),
            help="write maxUnavailable: 1"
            if all(_wanted(workload) > 1 for workload in workloads)
            else "write maxUnavailable: 1, and run at least 2 replicas where a pod more or less must not be noticed",
            related=tuple((str(w), w.spec["replicas"]) for w in workloads[:3]),
            trace=play.trace([*running[-2:], refused]),
        )
        return


def _wanted(workload: Workload) -> int:
    replicas = workload.spec.get("replicas")
    return replicas if isinstance(replicas, int) else 1


def _says(budget: Object) -> str:
    spec = budget["spec"]
    for field in ("minAvailable", "maxUnavailable"):
        if spec[field].present:
            return f"{field}: {spec[field].value}"
    return "a budget with neither minAvailable nor maxUnavailable"


def _names(trial: Trial, workloads: Sequence[Workload]) -> str:
    return ", ".join(f"{w.kind} {w.name} ({_count(trial, w)})" for w in workloads[:3])


def _count(trial: Trial, workload: Workload) -> str:
    """How many pods were played, in words: an autoscaler's minReplicas where that is more than the manifest says."""
    written, least = workload.spec.get("replicas", 1), trial.least_replicas(workload)
    if least is not None and least > written:
        return f"{least} replicas at least, minReplicas of its autoscaler"
    return f"{written} replica{'s' * (written != 1)}"
