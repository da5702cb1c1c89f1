"""A ReadWriteOnce claim that several workloads mount.

ReadWriteOnce lets the pods of one node mount the volume. A Job beside a server, or two Deployments with one claim,
work as long as the scheduler happens to put them on one node; on another one the pod stays in ContainerCreating with
"Multi-Attach error". A CronJob with `concurrencyPolicy: Allow` shares its claim with its own earlier run.

Keep the pods together (required podAffinity on kubernetes.io/hostname), use a ReadWriteMany class, or give each its
own claim.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.authoring import (
    Category,
    CronJob,
    DaemonSet,
    Deployment,
    Findings,
    Job,
    Node,
    PersistentVolumeClaim,
    Play,
    Pod,
    StatefulSet,
    Trial,
    Workload,
    claims,
    kept_on_one_node,
    rule,
)
from kubetrial.lint.trial.claims import can_tell, consequence, is_refusal, one_node

if TYPE_CHECKING:
    from kubetrial.lint.trial.scenario import Scenario
    from kubetrial.lint.trial.timeline import TimelineEvent

_BOUND: Mapping[str, Any] = {"zones": 1, "default_storage_class": "immediate"}
"""A claim that has its volume before the pods come, as from the second start on, in a zone with several nodes.

Pods that wait for a volume go to the node that was chosen for it, all of them: only the first start hides the mistake.
"""
_LASTING = (Deployment, StatefulSet, DaemonSet)


@rule(Category.RISKY, needs=("persistentVolumeClaim",))
def check(trial: Trial) -> Findings:
    """Claims of one node at a time with two users, of which one is refused the volume when both run."""
    if not trial.all(PersistentVolumeClaim):
        return
    users: dict[str, list[tuple[Workload, Node, PersistentVolumeClaim]]] = {}
    for workload in trial.workloads:
        if isinstance(workload, (*_LASTING, Job, CronJob, Pod)) and workload.spec.get("replicas") != 0:
            for reference, claim in claims(trial, workload):
                users.setdefault(claim.name, []).append((workload, reference, claim))
    for found in users.values():
        if not one_node(found[0][2]):
            continue
        if len({id(workload) for workload, _, _ in found}) > 1:
            yield from _several(trial, found)
        else:
            yield from _itself(trial, *found[0])


def _several(trial: Trial, found: Sequence[tuple[Workload, Node, PersistentVolumeClaim]]) -> Findings:
    first = next((entry for entry in found if isinstance(entry[0], _LASTING)), None) or _staying_pod(found)
    if first is None:
        return  # only Jobs: they may run one after another
    for workload, reference, claim in found:
        if (
            isinstance(workload, Pod)
            or workload is first[0]
            or (kept_on_one_node(workload) and kept_on_one_node(first[0]))
        ):
            continue
        play = _together(trial, first[0], workload)
        refused = next((e for e in play.timeline.events if is_refusal(e)), None)
        if refused is None and can_tell(play, claim):
            play = _together(trial, first[0], workload, _BOUND)
            refused = next((e for e in play.timeline.events if is_refusal(e)), None)
        if refused is None and can_tell(play, claim):
            continue
        yield reference.found(
            f"{workload.kind} {workload.name} and {first[0].kind} {first[0].name} mount the claim {claim.name}, "
            f"which is {modes_of(claim)}",
            consequence=consequence(refused),
            help="keep them on one node by a required podAffinity on kubernetes.io/hostname, or use ReadWriteMany",
            related=(("the claim", claim["spec"]["accessModes"]), (f"mounted by {first[0].name}", first[1])),
            trace=_trace(play, refused),
        )
        return


def _staying_pod(
    found: Sequence[tuple[Workload, Node, PersistentVolumeClaim]],
) -> tuple[Workload, Node, PersistentVolumeClaim] | None:
    """A pod of its own that runs for ever, written in one file with the others: in a folder of examples it may be instead of them."""
    files = {workload.document.file for workload, _, _ in found}
    pods = (entry for entry in found if isinstance(entry[0], Pod) and entry[0].pod.restart_policy == "Always")
    return next(pods, None) if len(files) == 1 else None


def _together(trial: Trial, lasting: Workload, other: Workload, changes: Mapping[str, Any] | None = None) -> Play:
    """What happens when both run; a CronJob's schedule comes due half a minute after the start."""

    def both_run(objects: Sequence[Mapping[str, Any]]) -> Scenario:
        from kubetrial.lint.trial.plays import before_due
        from kubetrial.lint.trial.scenario import Scenario
        from kubetrial.lint.values.records import replace

        scenario = Scenario("both-run")
        return replace(scenario, start=before_due(other, scenario.start)) if isinstance(other, CronJob) else scenario

    assumes = "the schedule comes due" if isinstance(other, CronJob) else "every container starts and works"
    if changes is not None:
        assumes += ", and the claim has its volume before"
    return trial.play(both_run, lasting, other, horizon=300.0, assumes=assumes, changes=changes)


def _itself(trial: Trial, workload: Workload, reference: Node, claim: PersistentVolumeClaim) -> Findings:
    """A Job with parallel pods, or a CronJob of such Jobs."""
    if not isinstance(workload, (Job, CronJob)) or kept_on_one_node(workload):
        return
    job = workload.job if isinstance(workload, CronJob) else workload.spec
    parallel = job.get("parallelism", 1)
    if not isinstance(parallel, int) or parallel < 2:
        return
    play = (
        trial.first_run(workload, changes=_BOUND)
        if isinstance(workload, CronJob)
        else trial.play("nominal", workload, changes=_BOUND)
    )
    refused = next((e for e in play.timeline.events if is_refusal(e)), None)
    if refused is None and can_tell(play, claim):
        return
    yield reference.found(
        f"the {parallel} parallel pods of {workload.name} mount the claim {claim.name}, which is {modes_of(claim)}",
        consequence=consequence(refused),
        help="keep them on one node by a required podAffinity on kubernetes.io/hostname, or use ReadWriteMany",
        related=(("the claim", claim["spec"]["accessModes"]),),
        trace=_trace(play, refused),
    )


def _trace(play: Play, refused: TimelineEvent | None) -> tuple[str, ...]:
    return () if refused is None else play.trace([*play.timeline.find("pod", "created")[:2], refused])


def modes_of(claim: PersistentVolumeClaim) -> str:
    """`ReadWriteOnce`, or several of them."""
    return " and ".join(sorted(map(str, claim["spec"].get("accessModes") or ())))
