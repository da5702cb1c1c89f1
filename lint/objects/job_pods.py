"""Pods that run for ever and pods of Jobs that one selector takes together."""

from __future__ import annotations

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.references import sure_of, workloads_of
from kubetrial.lint.objects.views import (
    CronJob,
    Deployment,
    Job,
    LabelSelector,
    Object,
    ReplicaSet,
    StatefulSet,
    Workload,
)

_LASTING = (Deployment, StatefulSet, ReplicaSet)


def split(cluster: Cluster, chooser: Object, selector: LabelSelector) -> tuple[list[Workload], list[Workload]]:
    """Of the workloads that are certainly chosen: those with a scale, which run for ever, and Jobs and CronJobs."""
    chosen = sure_of(cluster, chooser, workloads_of(cluster, chooser, selector))
    lasting: list[Workload] = [w for w in chosen if isinstance(w, _LASTING) and w.spec.get("replicas") != 0]
    return lasting, [w for w in chosen if isinstance(w, (Job, CronJob))]
