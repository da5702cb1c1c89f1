"""A ReadWriteOnce claim that several workloads mount.

ReadWriteOnce lets the pods of one node mount the volume. A Job beside a server, or two Deployments with one claim,
work as long as the scheduler happens to put them on one node; on another one the pod stays in ContainerCreating with
"Multi-Attach error". A CronJob with `concurrencyPolicy: Allow` shares its claim with its own earlier run.

Keep the pods together (required podAffinity on kubernetes.io/hostname), use a ReadWriteMany class, or give each its
own claim.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import CronJob, DaemonSet, Deployment, Job, PersistentVolumeClaim, StatefulSet, Workload
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule
from kubetrial.lint.trial.plays import Trial, claims
from kubetrial.rules.claim_shared_by_replicas import kept_on_one_node

_LASTING = (Deployment, StatefulSet, DaemonSet)


@rule(Category.RISKY)
def check(trial: Trial) -> Findings:
    """Claims of one node at a time with two users that nothing keeps together."""
    if not trial.all(PersistentVolumeClaim):
        return
    users: dict[str, list[tuple[Workload, Node, PersistentVolumeClaim]]] = {}
    for workload in trial.workloads:
        if isinstance(workload, (*_LASTING, Job, CronJob)) and workload.spec.get("replicas") != 0:
            for reference, claim in claims(trial, workload):
                users.setdefault(claim.name, []).append((workload, reference, claim))
    for found in users.values():
        modes = set(found[0][2]["spec"].get("accessModes") or ())
        if not modes or modes - {"ReadWriteOnce", "ReadWriteOncePod"}:
            continue
        if len({id(workload) for workload, _, _ in found}) > 1:
            yield from _several(found)
        else:
            yield from _itself(*found[0])


def _several(found: list[tuple[Workload, Node, PersistentVolumeClaim]]) -> Findings:
    loose = [entry for entry in found if not kept_on_one_node(entry[0])]  # type: ignore[arg-type]
    lasting = [entry for entry in found if isinstance(entry[0], _LASTING)]
    if (len(loose) < 2 and lasting) or not lasting:
        return  # only Jobs: they may run one after another
    first = lasting[0]
    for workload, reference, claim in loose:
        if workload is first[0]:
            continue
        yield reference.found(
            f"{workload.kind} {workload.name} and {first[0].kind} {first[0].name} mount the claim {claim.name}, "
            f"which is {modes_of(claim)}",
            consequence="on another node than the first the pod stays in ContainerCreating with a Multi-Attach error",
            help="keep them on one node by a required podAffinity on kubernetes.io/hostname, or use ReadWriteMany",
            related=(("the claim", claim["spec"]["accessModes"]), (f"mounted by {first[0].name}", first[1])),
        )
        return


def _itself(workload: Workload, reference: Node, claim: PersistentVolumeClaim) -> Findings:
    """A Job with parallel pods, or a CronJob whose runs may overlap."""
    if kept_on_one_node(workload):  # type: ignore[arg-type]
        return
    job = workload.job if isinstance(workload, CronJob) else workload.spec
    parallel = job.get("parallelism", 1)
    if isinstance(workload, (Job, CronJob)) and isinstance(parallel, int) and parallel > 1:
        what = f"the {parallel} parallel pods of {workload.name}"
    else:
        return
    yield reference.found(
        f"{what} mount the claim {claim.name}, which is {modes_of(claim)}",
        consequence="on another node than the first a pod stays in ContainerCreating with a Multi-Attach error",
        help="keep them on one node by a required podAffinity on kubernetes.io/hostname, or use ReadWriteMany",
        related=(("the claim", claim["spec"]["accessModes"]),),
    )


def modes_of(claim: PersistentVolumeClaim) -> str:
    """`ReadWriteOnce`, or several of them."""
    return " and ".join(sorted(map(str, claim["spec"].get("accessModes") or ())))
