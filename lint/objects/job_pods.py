"""Pods that run for ever and pods of Jobs that one selector takes together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.references import sure_of
from kubetrial.lint.objects.selections import workloads_of
from kubetrial.lint.objects.views import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    LabelSelector,
    Object,
    ReplicaSet,
    StatefulSet,
    Workload,
)

_SCALED = (Deployment, StatefulSet, ReplicaSet)


def split(
    cluster: Cluster, chooser: Object, selector: LabelSelector, scaled: bool = False
) -> tuple[list[Workload], list[Workload]]:
    """Of the workloads that are certainly chosen: those that run for ever, and Jobs and CronJobs.

    `scaled`: those with a scale, and those without one, DaemonSets among them.
    """
    if not _may_choose_jobs(cluster, selector, scaled):
        return [], []
    chosen = sure_of(cluster, chooser, workloads_of(cluster, chooser, selector))
    known = cluster.once(_known_splits)
    if (id(chosen), scaled) not in known:
        known[id(chosen), scaled] = chosen, _split([w for w in chosen if _takes(selector, w)], scaled)
    return known[id(chosen), scaled][1]


_MADE = ("batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid", "job-name", "controller-uid")
"""Labels that the Job controller puts on the pods of each Job."""


def _takes(selector: LabelSelector, workload: Workload) -> bool:
    """Whether a selector still takes the pods with the labels that the Job controller adds: `DoesNotExist` may leave them out."""
    if not isinstance(workload, (Job, CronJob)) or not selector.get("matchExpressions"):
        return True
    return selector.matches({**workload.pod.labels, **dict.fromkeys(_MADE, workload.name)})


def _may_choose_jobs(cluster: Cluster, selector: LabelSelector, scaled: bool) -> bool:
    """Whether some pod of a Job or CronJob (`scaled`: of a DaemonSet too) has each label that a selector names; costs little."""
    wanted = selector.get("matchLabels") or {}
    known = cluster.once(_labels_without_scale if scaled else _labels_of_jobs)
    if wanted.__class__ is not dict or any(value.__class__ is not str for value in wanted.values()):
        return True
    if not wanted:  # an empty selector, or expressions alone, may take pods without any label
        return any(cluster.all(view) for view in (Job, CronJob, *((DaemonSet,) if scaled else ())))
    return all(label in known for label in wanted.items())


def _labels_of_jobs(cluster: Cluster) -> frozenset[tuple[str, str]]:
    """Every label of pods of Jobs and CronJobs."""
    return frozenset().union(*(_plain(w.pod.labels) for view in (Job, CronJob) for w in cluster.all(view)))


def _labels_without_scale(cluster: Cluster) -> frozenset[tuple[str, str]]:
    """Every label of pods that have no scale: DaemonSets' beside those of Jobs."""
    return cluster.once(_labels_of_jobs).union(*(_plain(w.pod.labels) for w in cluster.all(DaemonSet)))


def _plain(labels: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {label for label in labels.items() if label[1].__class__ is str}


def _known_splits(_: Cluster) -> dict[tuple[int, bool], tuple[list[Workload], tuple[list[Workload], list[Workload]]]]:
    """A list of `sure_of`, by its id, and `scaled` -> the list, which so keeps its id, and its two parts."""
    return {}


def _split(chosen: list[Workload], scaled: bool) -> tuple[list[Workload], list[Workload]]:
    lasting_kinds = _SCALED if scaled else (*_SCALED, DaemonSet)
    other_kinds = (Job, CronJob, DaemonSet) if scaled else (Job, CronJob)
    lasting: list[Workload] = [w for w in chosen if isinstance(w, lasting_kinds) and w.spec.get("replicas") != 0]
    return lasting, [w for w in chosen if isinstance(w, other_kinds) and not _runs_at_the_end(w)]


def _runs_at_the_end(workload: Workload) -> bool:
    """Whether it is a hook that runs when the release is deleted: nobody needs the others any more."""
    events = str(workload.annotations.get("helm.sh/hook", "")).split(",")
    return all(event.strip() in ("pre-delete", "post-delete") for event in events)
