"""What ask.py asks a cluster: our own small inputs for each of the functions that rules and trial share."""

from __future__ import annotations

import copy
from typing import Any


def _expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


SELECTS: list[tuple[Any, Any]] = [
    ({"matchLabels": {"app": "web"}}, {"app": "web"}),
    ({"matchLabels": {"app": "web"}}, {"app": "web", "tier": "front"}),
    ({"matchLabels": {"app": "web", "tier": "front"}}, {"app": "web"}),
    ({"matchLabels": {"app": "web"}}, {"app": "Web"}),
    ({"matchLabels": {"app": "web", "tier": ""}}, {"app": "web", "tier": None}),
    ({"matchLabels": {"app": "web", "tier": None}}, {"app": "web", "tier": ""}),
    ({"matchLabels": {"app": "web", "tier": ""}}, {"app": "web"}),
    ({"matchLabels": {"app": None}}, {"app": None}),
    ({"matchLabels": {"app": "web"}}, None),
    ({"matchLabels": {"app": "web"}, **_expression("tier", "Exists")}, {"app": "web", "tier": ""}),
    ({"matchLabels": {"app": "web"}, **_expression("tier", "Exists")}, {"app": "web"}),
    (_expression("app", "In", "web", "api"), {"app": "api"}),
    (_expression("app", "In", "web"), {"app": "api"}),
    (_expression("app", "In", ""), {"app": None}),
    (_expression("app", "NotIn", "web"), {"app": "api"}),
    (_expression("app", "NotIn", "web"), {"tier": "front"}),
    (_expression("app", "NotIn", "web"), {"app": "web"}),
    (_expression("app", "DoesNotExist"), {"tier": "front"}),
    (_expression("app", "DoesNotExist"), {"app": "web"}),
    (_expression("app", "DoesNotExist"), {"app": None}),
    ({"matchLabels": {"app": "web"}, **_expression("app", "NotIn", "web")}, {"app": "web"}),
    ({"matchExpressions": [], "matchLabels": {"app": "web"}}, {"app": "web"}),
    ({"matchExpressions": None, "matchLabels": {"app": "web"}}, {"app": "web"}),
]


def _container(name: str = "a", limits: Any = None, requests: Any = None, **more: Any) -> dict[str, Any]:
    own = {key: value for key, value in (("limits", limits), ("requests", requests)) if value is not None}
    return {"name": name, "image": "registry.example.com/a:1", **({"resources": own} if own else {}), **more}


_BOTH = {"cpu": "500m", "memory": "64Mi"}

PODS: list[dict[str, Any]] = [
    {"containers": [_container()]},
    {"containers": [_container(limits=_BOTH, requests=_BOTH)]},
    {"containers": [_container(limits=_BOTH)]},
    {"containers": [_container(requests=_BOTH)]},
    {"containers": [_container(limits={"cpu": "1"})]},
    {"containers": [_container(limits={"cpu": "0.5", "memory": "65536Ki"}, requests=_BOTH)]},
    {"containers": [_container(limits={"cpu": "0", "memory": "0"})]},
    {"containers": [_container(limits=_BOTH), _container("b")]},
    {"containers": [_container(limits=_BOTH)], "initContainers": [_container("b")]},
    {"containers": [_container(limits=_BOTH)], "initContainers": [_container("b", limits=_BOTH)]},
    {"containers": [_container(limits=_BOTH)], "initContainers": [_container("b", restartPolicy="Always")]},
    {"containers": [_container(requests={"ephemeral-storage": "1Gi"})]},
    {"containers": [_container(limits={"ephemeral-storage": "1Gi", **_BOTH}, requests=_BOTH)]},
    {"containers": [_container()], "resources": {"limits": _BOTH, "requests": _BOTH}},
    {"containers": [_container()], "resources": {"limits": _BOTH}},
    {"containers": [_container()], "resources": {"requests": {"cpu": "1"}}},
    {"containers": [_container(limits=_BOTH)], "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}},
    {"containers": [_container(limits=_BOTH), _container("b")], "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}},
    {"containers": [_container(requests=_BOTH)], "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}},
]

_SMALL, _LARGE = {"cpu": "100m", "memory": "16Mi"}, {"cpu": "2", "memory": "1Gi"}

SUMS: list[dict[str, Any]] = [
    {"containers": [_container(limits=_BOTH, requests=_SMALL)]},
    {"containers": [_container(limits=_BOTH), _container("b", limits=_LARGE, requests=_SMALL)]},
    {"containers": [_container(limits=_BOTH)], "initContainers": [_container("b", limits=_LARGE)]},
    {"containers": [_container(limits=_LARGE)], "initContainers": [_container("b", limits=_BOTH)]},
    {
        "containers": [_container(limits=_BOTH)],
        "initContainers": [_container("b", limits=_BOTH, restartPolicy="Always")],
    },
    {
        "containers": [_container(limits=_BOTH)],
        "initContainers": [
            _container("b", limits=_SMALL, restartPolicy="Always"),
            _container("c", limits=_LARGE),
            _container("d", limits=_SMALL, restartPolicy="Always"),
        ],
    },
    {
        "containers": [_container(limits=_BOTH)],
        "initContainers": [_container("c", limits=_LARGE), _container("b", limits=_BOTH, restartPolicy="Always")],
    },
    {"containers": [_container(limits=_SMALL)], "resources": {"limits": _LARGE, "requests": _BOTH}},
    {"containers": [_container(limits=_BOTH, requests=_BOTH)], "resources": {"limits": _LARGE}},
    {"containers": [_container(limits={"cpu": "1.5", "memory": "1G"}, requests={"cpu": "1m", "memory": "1e3"})]},
]

QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "asked"},
    "spec": {"hard": {"requests.cpu": "0", "requests.memory": "0", "limits.cpu": "0", "limits.memory": "0"}},
}

FILLED: list[tuple[Any, Any]] = [
    ([{"type": "Container", "default": _BOTH}], {"containers": [_container()]}),
    ([{"type": "Container", "defaultRequest": _SMALL}], {"containers": [_container()]}),
    ([{"type": "Container", "default": _BOTH, "defaultRequest": _SMALL}], {"containers": [_container()]}),
    ([{"type": "Container", "max": _LARGE}], {"containers": [_container()]}),
    ([{"type": "Container", "min": _SMALL}], {"containers": [_container()]}),
    ([{"type": "Container", "min": _SMALL, "max": _LARGE, "default": _BOTH}], {"containers": [_container()]}),
    ([{"type": "Container", "default": _BOTH}], {"containers": [_container(limits={"cpu": "1"})]}),
    ([{"type": "Container", "defaultRequest": _SMALL}], {"containers": [_container(limits=_BOTH)]}),
    ([{"type": "Container", "default": _BOTH}], {"containers": [_container(requests={"cpu": "10m"})]}),
    ([{"type": "Container", "default": _BOTH}], {"containers": [_container()], "initContainers": [_container("b")]}),
    ([{"type": "Pod", "max": _LARGE}], {"containers": [_container(limits=_BOTH)]}),
]

_META = {"name": "asked"}


def _spec_of(api: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": dict(_META), "spec": spec}


def _with(obj: dict[str, Any], *changes: tuple[str, Any]) -> dict[str, Any]:
    """A copy with values at dotted paths; None removes what is there."""
    new = copy.deepcopy(obj)
    for path, value in changes:
        at: Any = new
        *above, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in above:
            at = at[step] if isinstance(step, int) else at.setdefault(step, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return new


_POD = {"containers": [_container()]}
_LABELS = {"app": "web"}
_TEMPLATE = {"metadata": {"labels": _LABELS}, "spec": _POD}
_WORKLOAD = {"selector": {"matchLabels": _LABELS}, "template": _TEMPLATE}
DEPLOYMENT = _spec_of("apps/v1", "Deployment", {"replicas": 0, **_WORKLOAD})
STATEFULSET = _spec_of("apps/v1", "StatefulSet", {"replicas": 0, "serviceName": "web", **_WORKLOAD})
DAEMONSET = _spec_of("apps/v1", "DaemonSet", copy.deepcopy(_WORKLOAD))
DAEMONSET["spec"]["template"]["spec"]["nodeSelector"] = {"no": "node"}
REPLICASET = _spec_of("apps/v1", "ReplicaSet", {"replicas": 0, **_WORKLOAD})
JOB = _spec_of(
    "batch/v1", "Job", {"suspend": True, "completions": 2, "template": {"spec": {"restartPolicy": "Never", **_POD}}}
)
INDEXED = _with(JOB, ("spec.completionMode", "Indexed"), ("spec.parallelism", 2))
RUNNING = _with(JOB, ("spec.suspend", False), ("spec.template.spec.nodeSelector", {"no": "node"}))
_CLAIMS = [
    {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
]
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": dict(_META), "data": {"a": "1"}, "immutable": True}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": dict(_META), "type": "Opaque", "stringData": {"a": "1"}}

CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (DEPLOYMENT, _with(DEPLOYMENT, ("spec.replicas", 1))),
    (DEPLOYMENT, _with(DEPLOYMENT, ("spec.template.spec.containers.0.image", "registry.example.com/a:2"))),
    (
        DEPLOYMENT,
        _with(
            DEPLOYMENT, ("spec.selector.matchLabels", {"app": "api"}), ("spec.template.metadata.labels", {"app": "api"})
        ),
    ),
    (
        REPLICASET,
        _with(REPLICASET, ("spec.template.metadata.labels.tier", "x"), ("spec.selector.matchLabels.tier", "x")),
    ),
    (DAEMONSET, _with(DAEMONSET, ("spec.selector.matchLabels.tier", "x"), ("spec.template.metadata.labels.tier", "x"))),
    (DAEMONSET, _with(DAEMONSET, ("spec.minReadySeconds", 5))),
    (STATEFULSET, _with(STATEFULSET, ("spec.serviceName", "api"))),
    (STATEFULSET, _with(STATEFULSET, ("spec.serviceName", None))),
    (STATEFULSET, _with(STATEFULSET, ("spec.podManagementPolicy", "Parallel"))),
    (STATEFULSET, _with(STATEFULSET, ("spec.podManagementPolicy", "OrderedReady"))),
    (STATEFULSET, _with(STATEFULSET, ("spec.volumeClaimTemplates", _CLAIMS))),
    (
        STATEFULSET,
        _with(STATEFULSET, ("spec.revisionHistoryLimit", 3), ("spec.minReadySeconds", 5), ("spec.replicas", 1)),
    ),
    (STATEFULSET, _with(STATEFULSET, ("spec.persistentVolumeClaimRetentionPolicy", {"whenScaled": "Delete"}))),
    (STATEFULSET, _with(STATEFULSET, ("spec.ordinals", {"start": 1}))),
    (JOB, _with(JOB, ("spec.completions", 3))),
    (JOB, _with(JOB, ("spec.parallelism", 2), ("spec.backoffLimit", 1), ("spec.activeDeadlineSeconds", 9))),
    (JOB, _with(JOB, ("spec.template.spec.containers.0.image", "registry.example.com/a:2"))),
    (JOB, _with(JOB, ("spec.template.spec.nodeSelector", {"disk": "ssd"}))),
    (
        JOB,
        _with(
            JOB, ("spec.template.metadata.labels", {"tier": "x"}), ("spec.template.metadata.annotations", {"a": "b"})
        ),
    ),
    (JOB, _with(JOB, ("spec.template.spec.containers.0.resources", {"limits": {"cpu": "1"}}))),
    (
        JOB,
        _with(JOB, ("spec.template.spec.tolerations", [{"key": "a", "operator": "Exists", "effect": "NoSchedule"}])),
    ),
    (
        JOB,
        _with(
            JOB,
            (
                "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
                [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"a": "b"}}}],
            ),
        ),
    ),
    (
        JOB,
        _with(
            JOB,
            (
                "spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
                [{"matchExpressions": [{"key": "disk", "operator": "Exists"}]}],
            ),
        ),
    ),
    (JOB, _with(JOB, ("spec.completionMode", "Indexed"))),
    (JOB, _with(JOB, ("spec.completionMode", "NonIndexed"))),
    (JOB, _with(JOB, ("spec.suspend", False))),
    (JOB, _with(JOB, ("spec.ttlSecondsAfterFinished", 9), ("spec.podReplacementPolicy", "Failed"))),
    (
        JOB,
        _with(
            JOB,
            (
                "spec.podFailurePolicy.rules",
                [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}],
            ),
        ),
    ),
    (RUNNING, _with(RUNNING, ("spec.template.spec.nodeSelector", {"disk": "ssd"}))),
    (RUNNING, _with(RUNNING, ("spec.template.spec.containers.0.resources", {"limits": {"cpu": "1"}}))),
    (RUNNING, _with(RUNNING, ("spec.template.metadata.annotations", {"a": "b"}))),
    (RUNNING, _with(RUNNING, ("spec.suspend", True), ("spec.template.spec.nodeSelector", {"disk": "ssd"}))),
    (INDEXED, _with(INDEXED, ("spec.completions", 3), ("spec.parallelism", 3))),
    (INDEXED, _with(INDEXED, ("spec.completions", 3))),
    (INDEXED, _with(INDEXED, ("spec.backoffLimitPerIndex", 1))),
    (INDEXED, _with(INDEXED, ("spec.successPolicy.rules", [{"succeededCount": 1}]))),
    (CONFIG, _with(CONFIG, ("data.a", "2"))),
    (CONFIG, _with(CONFIG, ("immutable", False))),
    (CONFIG, _with(CONFIG, ("metadata.labels", {"a": "b"}))),
    (SECRET, _with(SECRET, ("type", "kubernetes.io/basic-auth"), ("stringData", {"username": "a", "password": "b"}))),
    (SECRET, _with(SECRET, ("stringData.a", "2"), ("immutable", True))),
]

CLASSES = [
    {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "kubernetes.io/no-provisioner",
    }
    for name in ("shelf", "other")
]


def _volume(*changes: tuple[str, Any]) -> dict[str, Any]:
    spec = {
        "capacity": {"storage": "5Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "shelf",
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": "/srv"},
        "volumeMode": "Filesystem",
    }
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "asked-$N", "labels": {"case": "c$N"}},
        "spec": spec,
    }
    return _with(volume, *changes)


def _claim(*changes: tuple[str, Any], alone: bool = True) -> dict[str, Any]:
    """A claim; the label keeps the volumes of other cases away, and a claim that is `alone` asks for it."""
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "shelf",
    }
    if alone:
        spec["selector"] = {"matchLabels": {"case": "c$N"}}
    metadata = {"name": "asked-$N", "namespace": "$HOME"}
    return _with({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}, *changes)


_MINE = {"name": "asked-$N", "namespace": "$HOME"}
_OLD = "metadata.annotations"
_ELSE = ("spec.selector", {"matchLabels": {"case": "none"}})

BINDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (_volume(), _claim()),
    (_volume(), _claim(("spec.resources.requests.storage", "6Gi"))),
    (_volume(), _claim(("spec.resources.requests.storage", "5120Mi"))),
    (_volume(), _claim(("spec.storageClassName", "other"))),
    (_volume(("spec.storageClassName", None)), _claim(("spec.storageClassName", ""))),
    (_volume(("spec.storageClassName", None)), _claim()),
    (_volume(), _claim(("spec.storageClassName", ""))),
    (_volume(("spec.volumeMode", "Block")), _claim()),
    (_volume(("spec.volumeMode", "Block")), _claim(("spec.volumeMode", "Block"))),
    (_volume(), _claim(("spec.accessModes", ["ReadWriteMany"]))),
    (
        _volume(("spec.accessModes", ["ReadWriteOnce", "ReadWriteMany"])),
        _claim(("spec.accessModes", ["ReadWriteMany"])),
    ),
    (_volume(), _claim(("spec.accessModes", ["ReadWriteOnce", "ReadWriteMany"]))),
    (_volume(), _claim(_ELSE)),
    (
        _volume(("metadata.labels", {"case": "c$N", "tier": ""})),
        _claim(("spec.selector.matchLabels", {"case": "c$N", "tier": ""})),
    ),
    (_volume(("spec.claimRef", _MINE)), _claim(("spec.storageClassName", "other"))),
    (_volume(("spec.claimRef", _MINE)), _claim(_ELSE)),
    (_volume(("spec.claimRef", {"name": "nobody", "namespace": "$HOME"})), _claim()),
    (_volume(("spec.claimRef", {"name": "asked-$N", "namespace": "elsewhere"})), _claim()),
    (_volume(("spec.claimRef", _MINE)), _claim(("spec.resources.requests.storage", "6Gi"))),
    (_volume(("spec.claimRef", _MINE)), _claim(("spec.accessModes", ["ReadWriteMany"]))),
    (_volume(("spec.claimRef", _MINE)), _claim(("spec.volumeMode", "Block"))),
    (_volume(), _claim(("spec.volumeName", "asked-$N"), _ELSE)),
    (_volume(), _claim(("spec.volumeName", "asked-$N"), ("spec.storageClassName", "other"), alone=False)),
    (_volume(), _claim(("spec.volumeName", "asked-$N"), ("spec.resources.requests.storage", "6Gi"), alone=False)),
    (_volume(("spec.volumeMode", "Block")), _claim(("spec.volumeName", "asked-$N"), alone=False)),
    (_volume(), _claim(("spec.volumeName", "asked-$N"), ("spec.accessModes", ["ReadWriteMany"]), alone=False)),
    (
        _volume(("spec.claimRef", _MINE)),
        _claim(
            ("spec.volumeName", "asked-$N"),
            ("spec.resources.requests.storage", "6Gi"),
            ("spec.storageClassName", "other"),
            ("spec.accessModes", ["ReadWriteMany"]),
            alone=False,
        ),
    ),
    (
        _volume(("spec.claimRef", {"name": "nobody", "namespace": "$HOME"})),
        _claim(("spec.volumeName", "asked-$N"), alone=False),
    ),
    (_volume(("spec.storageClassName", None), (_OLD, {"volume.beta.kubernetes.io/storage-class": "shelf"})), _claim()),
    (_volume((_OLD, {"volume.beta.kubernetes.io/storage-class": "other"})), _claim()),
    (_volume(), _claim(("spec.storageClassName", None), (_OLD, {"volume.beta.kubernetes.io/storage-class": "shelf"}))),
    (
        _volume(
            ("spec.csi", {"driver": "csi.example.com", "volumeHandle": "v$N"}),
            ("spec.hostPath", None),
            ("spec.volumeAttributesClassName", "fast"),
        ),
        _claim(),
    ),
]
"""(volume, claim); `$N` is the number of the case, `$HOME` the namespace."""
