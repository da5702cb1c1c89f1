"""The defaults that the API server fills in, as far as behaviour depends on them.

Pure functions: each takes a spec (plain data as written) and gives a new mapping with the defaults filled in; the
input is never changed, and parts without a default are shared with it. Filling in twice changes nothing. Follows
pkg/apis/{core,batch,apps}/v1/defaults.go; `null` counts as not written, as for the API server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Spec = dict[str, Any]

MAX_INT32 = 2**31 - 1


def fill(written: Mapping[str, Any] | None, **defaults: Any) -> Spec:
    """A copy of a mapping without its null fields, with what is missing filled in."""
    out = {k: v for k, v in (written or {}).items() if v is not None}
    for k, v in defaults.items():
        if k not in out:
            out[k] = v
    return out


def without_null_items(value: Any) -> Any:
    """A value of whose lists no item is null: an empty one in its place, as the server reads it (`env: [null]`)."""
    if value.__class__ is dict:
        return {key: without_null_items(inner) for key, inner in value.items()}
    if value.__class__ is list:
        return [{} if inner is None else without_null_items(inner) for inner in value]
    return value


def quantities(resources: Mapping[str, Any] | None) -> Spec:
    """A container's resources: a limit without a request is also the request (per resource)."""
    out = fill(resources)
    limits = out.get("limits") or {}
    if limits:
        out["requests"] = {**limits, **{k: v for k, v in (out.get("requests") or {}).items() if v is not None}}
    return out


def probe(written: Mapping[str, Any]) -> Spec:
    """A liveness, readiness or startup probe."""
    return fill(written, timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)


def container(written: Mapping[str, Any]) -> Spec:
    """A container or init container."""
    out = fill(written)
    if out.get("resources"):
        out["resources"] = quantities(out["resources"])
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if out.get(name):
            out[name] = probe(out[name])
    if out.get("ports"):
        out["ports"] = [fill(p, protocol="TCP") for p in out["ports"]]
    if "imagePullPolicy" not in out:
        name, _, digest = str(out.get("image", "")).partition("@")
        tag = name.rpartition("/")[2].partition(":")[2]
        latest = tag == "latest" or not (tag or digest)
        out["imagePullPolicy"] = "Always" if latest else "IfNotPresent"
    return out


def pod(written: Mapping[str, Any] | None) -> Spec:
    """A pod's spec. With hostNetwork a container port is also the host port."""
    out = fill(
        written,
        restartPolicy="Always",
        terminationGracePeriodSeconds=30,
        dnsPolicy="ClusterFirst",
        schedulerName="default-scheduler",
        enableServiceLinks=True,
    )
    out["containers"] = [container(c) for c in out.get("containers") or []]
    if out.get("initContainers"):
        out["initContainers"] = [container(c) for c in out["initContainers"]]
    if out.get("hostNetwork"):
        for group in ("containers", "initContainers"):
            for c in out.get(group) or []:
                if c.get("ports"):
                    c["ports"] = [fill(p, hostPort=p.get("containerPort")) for p in c["ports"]]
    if out.get("topologySpreadConstraints"):
        out["topologySpreadConstraints"] = [
            fill(t, nodeAffinityPolicy="Honor", nodeTaintsPolicy="Ignore") for t in out["topologySpreadConstraints"]
        ]
    return out


def template(written: Mapping[str, Any] | None) -> Spec:
    """A pod template: metadata as written, spec with its defaults."""
    out = fill(written)
    out["metadata"] = fill(out.get("metadata"))
    out["spec"] = pod(out.get("spec"))
    return out


def job(written: Mapping[str, Any] | None) -> Spec:
    """A Job's spec.

    Neither completions nor parallelism: one each; only parallelism: a work queue (completions stay unset).
    """
    out = fill(written)
    if "completions" not in out and "parallelism" not in out:
        out["completions"] = 1
    out.setdefault("parallelism", 1)
    out.setdefault("backoffLimit", MAX_INT32 if "backoffLimitPerIndex" in out else 6)
    out.setdefault("completionMode", "NonIndexed")
    out.setdefault("suspend", False)
    out.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in out else "TerminatingOrFailed")
    out["template"] = template(out.get("template"))
    return out


def cronjob(written: Mapping[str, Any] | None) -> Spec:
    """A CronJob's spec, with its job template."""
    out = fill(
        written, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1
    )
    out["jobTemplate"] = fill(out.get("jobTemplate"))
    out["jobTemplate"]["spec"] = job(out["jobTemplate"].get("spec"))
    return out


def deployment(written: Mapping[str, Any] | None) -> Spec:
    """A Deployment's spec: RollingUpdate with a quarter more and a quarter less, ten minutes to make progress."""
    out = fill(
        written, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600, minReadySeconds=0, paused=False
    )
    strategy = fill(out.get("strategy"), type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = fill(strategy.get("rollingUpdate"), maxUnavailable="25%", maxSurge="25%")
    out["strategy"] = strategy
    out["template"] = template(out.get("template"))
    return out


def replicaset(written: Mapping[str, Any] | None) -> Spec:
    """A ReplicaSet's spec."""
    out = fill(written, replicas=1, minReadySeconds=0)
    out["template"] = template(out.get("template"))
    return out


def statefulset(written: Mapping[str, Any] | None) -> Spec:
    """A StatefulSet's spec, with its claim templates."""
    out = fill(
        written,
        replicas=1,
        podManagementPolicy="OrderedReady",
        revisionHistoryLimit=10,
        minReadySeconds=0,
        serviceName="",
    )
    strategy = fill(out.get("updateStrategy"), type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = fill(strategy.get("rollingUpdate"), partition=0, maxUnavailable=1)
    out["updateStrategy"] = strategy
    out["persistentVolumeClaimRetentionPolicy"] = fill(
        out.get("persistentVolumeClaimRetentionPolicy"), whenDeleted="Retain", whenScaled="Retain"
    )
    out["template"] = template(out.get("template"))
    if out.get("volumeClaimTemplates"):
        out["volumeClaimTemplates"] = [{**fill(c), "spec": claim(c.get("spec"))} for c in out["volumeClaimTemplates"]]
    return out


def daemonset(written: Mapping[str, Any] | None) -> Spec:
    """A DaemonSet's spec."""
    out = fill(written, revisionHistoryLimit=10, minReadySeconds=0)
    strategy = fill(out.get("updateStrategy"), type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = fill(strategy.get("rollingUpdate"), maxUnavailable=1, maxSurge=0)
    out["updateStrategy"] = strategy
    out["template"] = template(out.get("template"))
    return out


def claim(written: Mapping[str, Any] | None) -> Spec:
    """A PersistentVolumeClaim's spec. The default storage class is not filled in here: it depends on the cluster."""
    out = fill(written, volumeMode="Filesystem")
    if out.get("resources"):
        out["resources"] = quantities(out["resources"])
    return out


def volume(written: Mapping[str, Any] | None) -> Spec:
    """A PersistentVolume's spec."""
    return fill(written, persistentVolumeReclaimPolicy="Retain", volumeMode="Filesystem", storageClassName="")


_BY_KIND = {
    "Pod": pod,
    "Job": job,
    "CronJob": cronjob,
    "Deployment": deployment,
    "ReplicaSet": replicaset,
    "StatefulSet": statefulset,
    "DaemonSet": daemonset,
    "PersistentVolumeClaim": claim,
    "PersistentVolume": volume,
}


def spec(kind: str, written: Mapping[str, Any] | None) -> Spec:
    """The spec of an object of a kind with its defaults; of a kind without defaults here: as written, without nulls."""
    by_kind = _BY_KIND.get(kind)
    return by_kind(written) if by_kind is not None else fill(written)
