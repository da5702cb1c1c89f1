"""Parts of objects as the API server compares them: with the defaults of which nothing depends but whether two are equal.

A manifest that writes a default out changes nothing on an object that left it out before. Follows pkg/apis/*/v1/defaults.go and the
default markers of the types; what behaviour depends on is filled in by `defaults`.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    if isinstance(out.get("volumes"), list):
        out["volumes"] = [_volume(one) if isinstance(one, dict) else one for one in out["volumes"]]
    return out


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


def _container(written: Mapping[str, Any]) -> Spec:
    out = fill(written, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(out.get(name), dict):
            out[name] = _handler(out[name])
    if isinstance(out.get("lifecycle"), dict):
        out["lifecycle"] = {k: _handler(v) if isinstance(v, dict) else v for k, v in out["lifecycle"].items()}
    if isinstance(out.get("env"), list):
        out["env"] = [_variable(one) if isinstance(one, dict) else one for one in out["env"]]
    return out


def _handler(written: Mapping[str, Any]) -> Spec:
    """What a probe or hook does."""
    out = fill(written)
    if isinstance(out.get("httpGet"), dict):
        out["httpGet"] = fill(out["httpGet"], path="/", scheme="HTTP")
    return out


def _variable(written: Mapping[str, Any]) -> Spec:
    """A variable, or an item of a downwardAPI volume: both refer to fields."""
    out = fill(written)
    if isinstance(out.get("valueFrom"), dict):
        out["valueFrom"] = _variable(out["valueFrom"])
    if isinstance(out.get("fieldRef"), dict):
        out["fieldRef"] = fill(out["fieldRef"], apiVersion="v1")
    if isinstance(out.get("resourceFieldRef"), dict):
        out["resourceFieldRef"] = fill(out["resourceFieldRef"], divisor="0")
    return out


def _volume(written: Mapping[str, Any]) -> Spec:
    """A volume of a pod; its source with the defaults, those of projected sources and of items too."""
    out = {k: source(k, v) if isinstance(v, dict) and (v or k in _SOURCES) else v for k, v in fill(written).items()}
    for name in ("downwardAPI", "projected"):
        if isinstance(out.get(name), dict):
            out[name] = _with_items(out[name])
    template_of = (
        out.get("ephemeral", {}).get("volumeClaimTemplate") if isinstance(out.get("ephemeral"), dict) else None
    )
    if isinstance(template_of, dict):
        out["ephemeral"] = {
            **out["ephemeral"],
            "volumeClaimTemplate": {**template_of, "spec": defaults.claim(template_of.get("spec"))},
        }
    return out


def _with_items(written: Mapping[str, Any]) -> Spec:
    out = fill(written)
    if isinstance(out.get("items"), list):
        out["items"] = [_variable(one) if isinstance(one, dict) else one for one in out["items"]]
    if isinstance(out.get("sources"), list):
        out["sources"] = [_projected(one) if isinstance(one, dict) else one for one in out["sources"]]
    return out


def _projected(written: Mapping[str, Any]) -> Spec:
    out = fill(written)
    if isinstance(out.get("serviceAccountToken"), dict):
        out["serviceAccountToken"] = fill(out["serviceAccountToken"], expirationSeconds=3600)
    if isinstance(out.get("downwardAPI"), dict):
        out["downwardAPI"] = _with_items(out["downwardAPI"])
    return out
