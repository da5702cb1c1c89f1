"""Parts of objects as the API server compares them: with the defaults of which nothing depends but whether two are equal.

A manifest that writes a default out changes nothing on an object that left it out before. Follows pkg/apis/*/v1/defaults.go and the
default markers of the types; what behaviour depends on is filled in by `defaults`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubetrial.lint.api import defaults
from kubetrial.lint.api.defaults import Spec, fill

_TOP: Mapping[str, Mapping[str, Any]] = {
    "StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "Secret": {"type": "Opaque"},
    "PriorityClass": {"preemptionPolicy": "PreemptLowerPriority", "value": 0},
}
_SOURCES: Mapping[str, Mapping[str, Any]] = {
    "configMap": {"defaultMode": 420},
    "secret": {"defaultMode": 420},
    "downwardAPI": {"defaultMode": 420},
    "projected": {"defaultMode": 420},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4"},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}
_PLAIN = frozenset(("hostIPC", "hostNetwork", "hostPID", "readOnly", "stdin", "stdinOnce", "tty"))
"""Fields that are false where nothing is written: the types have no pointer for them."""


def top(kind: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object with the defaults outside of its spec."""
    if kind in ("RoleBinding", "ClusterRoleBinding") and isinstance(value.get("roleRef"), dict):
        return {**value, "roleRef": fill(value["roleRef"], apiGroup="rbac.authorization.k8s.io")}
    return fill(value, **_TOP[kind]) if kind in _TOP else value


def pod(written: Mapping[str, Any] | None) -> Spec:
    """A pod's spec."""
    out: Spec = without_false(defaults.pod(written))
    for group in ("containers", "initContainers"):
        if out.get(group):
            out[group] = [_container(one) for one in out[group]]
    return _within(out, volumes=_volume)


def template(written: Any) -> Any:
    """A pod template; anything else as it is."""
    return {**written, "spec": pod(written.get("spec"))} if isinstance(written, dict) else written


def claim_templates(written: Any) -> Any:
    """The claim templates of a StatefulSet: of their kind, version and status nothing is kept (conversion of apps/v1)."""
    if not isinstance(written, list):
        return written
    return [
        {
            **{k: v for k, v in one.items() if k not in ("apiVersion", "kind", "status")},
            "metadata": {k: v for k, v in (one.get("metadata") or {}).items() if k != "creationTimestamp"},
        }
        if isinstance(one, dict)
        else one
        for one in written
    ]


def source(kind: str, written: Mapping[str, Any]) -> Spec:
    """What a volume is made of, such as `{path: /data}` of a hostPath; an empty mapping stays one."""
    out: Spec = {k: v for k, v in without_false(dict(written)).items() if v is not None and v != ""}
    return fill(out, **_SOURCES.get(kind, {})) if out else out


def without_false(value: Any) -> Any:
    """A value without the plain fields that are false."""
    if isinstance(value, dict):
        return {k: without_false(v) for k, v in value.items() if not (v is False and k in _PLAIN)}
    return [without_false(item) for item in value] if isinstance(value, list) else value


def _within(written: Mapping[str, Any], **work: Callable[[Mapping[str, Any]], Any]) -> Spec:
    """A mapping in which something was done to some fields that hold mappings, or lists of them."""
    out = fill(written)
    for name, change in work.items():
        held = out.get(name)
        if isinstance(held, dict):
            out[name] = change(held)
        elif isinstance(held, list):
            out[name] = [change(one) if isinstance(one, dict) else one for one in held]
    return out


def _container(written: Mapping[str, Any]) -> Spec:
    out = fill(written, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File")
    probes = dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), _handler)
    return _within(out, **probes, lifecycle=_hooks, env=_variable)


def _hooks(written: Mapping[str, Any]) -> Spec:
    return _within(written, postStart=_handler, preStop=_handler)


def _handler(written: Mapping[str, Any]) -> Spec:
    """What a probe or hook does."""
    return _within(written, httpGet=lambda request: fill(request, path="/", scheme="HTTP"))


def _variable(written: Mapping[str, Any]) -> Spec:
    """A variable, or an item of a downwardAPI volume: both refer to fields."""
    return _within(
        written,
        valueFrom=_variable,
        fieldRef=lambda one: fill(one, apiVersion="v1"),
        resourceFieldRef=lambda one: fill(one, divisor="0"),
    )


def _volume(written: Mapping[str, Any]) -> Spec:
    """A volume of a pod; its source with the defaults, those of projected sources and of items too."""
    out = {k: source(k, v) if isinstance(v, dict) and (v or k in _SOURCES) else v for k, v in fill(written).items()}
    return _within(out, downwardAPI=_with_items, projected=_with_items, ephemeral=_ephemeral)


def _ephemeral(written: Mapping[str, Any]) -> Spec:
    return _within(written, volumeClaimTemplate=lambda one: {**one, "spec": defaults.claim(one.get("spec"))})


def _with_items(written: Mapping[str, Any]) -> Spec:
    return _within(written, items=_variable, sources=_projected)


def _projected(written: Mapping[str, Any]) -> Spec:
    return _within(written, serviceAccountToken=lambda one: fill(one, expirationSeconds=3600), downwardAPI=_with_items)
