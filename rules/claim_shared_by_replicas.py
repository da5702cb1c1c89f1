"""A ReadWriteOnce claim that pods on several nodes want.

ReadWriteOnce means one node at a time. Replicas, or the old and the new pod of a rolling update, that land on different nodes fight for the
volume: the second one stays in ContainerCreating (`FailedAttachVolume`, "Multi-Attach error"), a rolling update with maxUnavailable 0 never
ends, and a DaemonSet works on one node only. With ReadWriteOncePod the scheduler refuses the second pod on any node.

For one replica use `strategy.type: Recreate`; for several a ReadWriteMany class, or a StatefulSet with a claim for each pod.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubetrial.lint.authoring import (
    Category,
    DaemonSet,
    Deployment,
    Findings,
    Node,
    PersistentVolumeClaim,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    Trial,
    Workload,
    kept_on_one_node,
    rule,
    sure_target,
)
from kubetrial.lint.trial.claims import can_tell, consequence, is_refusal, one_node

if TYPE_CHECKING:
    from kubetrial.lint.trial.timeline import TimelineEvent


_LASTING = (Deployment, ReplicaSet, ReplicationController, DaemonSet, StatefulSet)


@rule(Category.RISKY, needs=("persistentVolumeClaim",))
def check(trial: Trial) -> Findings:
    """Claims of the set of which a pod cannot have the volume, at the start or after an update, and never gets it."""
    for workload in trial.workloads:
        if not isinstance(workload, _LASTING) or not (
            may_be_several(workload) or (trial.least_replicas(workload) or 0) > 1
        ):
            continue
        for reference, claim in _claims(trial, workload):
            if one_node(claim) and not kept_on_one_node(workload):
                yield from _fight(trial, workload, reference, claim)


def _claims(trial: Trial, workload: Workload) -> Iterator[tuple[Node, PersistentVolumeClaim]]:
    """(the reference, the claim) of the volumes of a workload; the claim may stand in another set of files."""
    for volume in workload.pod["volumes"].items():
        source = volume["persistentVolumeClaim"]
        if source.present:
            name = str(source.get("claimName"))
            claim = sure_target(trial.cluster, workload, "PersistentVolumeClaim", name)
            if isinstance(claim, PersistentVolumeClaim):
                yield source["claimName"], claim


def _fight(trial: Trial, workload: Workload, reference: Node, claim: PersistentVolumeClaim) -> Findings:
    play = trial.play("updated", workload)
    events = play.events(workload)
    refusals = [e for e in events if is_refusal(e)]
    if can_tell(play, claim) and all(_runs_later(e, events) for e in refusals):
        return  # for example on a file share, which needs no attaching, or where only one node will do
    refused = refusals[0] if refusals else None
    modes = " and ".join(sorted(map(str, claim["spec"].get("accessModes") or ())))
    yield reference.found(
        f"{_who(workload, trial)} share the claim {claim.name}, which is {modes}",
        consequence=consequence(refused),
        help="write strategy.type: Recreate for one replica; for more use ReadWriteMany or a StatefulSet"
        if workload.kind == "Deployment"
        else "use a hostPath or local volume, or a class with ReadWriteMany"
        if workload.kind == "DaemonSet"
        else "write a volumeClaimTemplate, which gives each pod a claim of its own, or use ReadWriteMany",
        related=(("the claim", claim["spec"]["accessModes"]),),
        trace=play.trace([*_first_user(events, refused), refused]) if refused is not None else (),
    )


def may_be_several(workload: Workload) -> bool:
    """Whether two pods may exist at the same time: cheap, before anything is played."""
    if workload.kind == "DaemonSet":
        return True
    replicas = workload.spec.get("replicas", 1)
    if replicas == 1:
        strategy = workload.spec["strategy"]
        surge = strategy["rollingUpdate"].get("maxSurge")
        # Without a surge the old pod ends before the new one begins.
        return workload.kind == "Deployment" and strategy.get("type") != "Recreate" and surge not in (0, "0", "0%")
    return bool(replicas)


def _who(workload: Workload, trial: Trial) -> str:
    if workload.kind == "DaemonSet":
        return "the pods on all nodes"
    replicas = max(workload.spec.get("replicas", 1), trial.least_replicas(workload) or 0)
    return f"{replicas} replicas" if replicas > 1 else "the old and the new pod of a rolling update"


def _runs_later(refused: TimelineEvent, events: list[TimelineEvent]) -> bool:
    return any(e.subject == refused.subject and e.event in ("running", "terminating") for e in events)


def _first_user(events: list[TimelineEvent], refused: TimelineEvent) -> list[TimelineEvent]:
    """When the first pod, which has the volume, was ready."""
    return [e for e in events if e.kind == "pod" and e.event == "ready" and e.time <= refused.time + 1.0][:1]
