"""An annotation of a pod that has become a field.

Critical pods, sysctls, profiles, init containers, tolerations and affinity were annotations once. Kubernetes reads the
fields now: alone, these annotations change nothing (the API server deletes those of init containers), and with a seccomp
annotation a container is less confined than it looks (that of AppArmor is still copied to its field, for the time being).
The API server takes the pod, of some with a warning.

Write the field that the message gives, and remove the annotation.

See https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Found, Node, PodSpec, rule
from kubetrial.lint.facts.annotations import APPARMOR, SECCOMP, SECCOMP_POD

_FIELDS = {
    "scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
    "security.alpha.kubernetes.io/sysctls": "securityContext.sysctls",
    "security.alpha.kubernetes.io/unsafe-sysctls": "securityContext.sysctls",
    "scheduler.alpha.kubernetes.io/affinity": "affinity",
    "scheduler.alpha.kubernetes.io/tolerations": "tolerations",
    "scheduler.alpha.kubernetes.io/name": "schedulerName",
    "pod.alpha.kubernetes.io/init-containers": "initContainers",
    "pod.beta.kubernetes.io/init-containers": "initContainers",
    "pod.beta.kubernetes.io/hostname": "hostname",
    "pod.beta.kubernetes.io/subdomain": "subdomain",
}
_MOVED = frozenset(key for key in _FIELDS if not key.endswith(("critical-pod", "sysctls")))
"""Those that do no harm beside their field: written for clusters older than 1.8, which read nothing else."""


@rule(Category.RISKY, needs=("annotations",))
def check(pod: PodSpec) -> Findings:
    """Find annotations without their field; follows the warnings of pkg/api/pod."""
    annotations = (pod.parent.value.get("metadata") or {}).get("annotations") if pod.parent is not None else None
    if not annotations:
        return
    node = pod.metadata["annotations"]
    values = pod.mapping()
    own = values.get("securityContext") or {}
    for key in annotations:
        if key in _FIELDS:
            if key not in _MOVED or values.get(_FIELDS[key]) is None:
                yield _found(node[key], key, _FIELDS[key])
        elif key == SECCOMP_POD and own.get("seccompProfile") is None:
            yield _found(node[key], key, "securityContext.seccompProfile")
        elif key.startswith((SECCOMP, APPARMOR)):
            prefix, field = (SECCOMP, "seccompProfile") if key.startswith(SECCOMP) else (APPARMOR, "appArmorProfile")
            security = _security(values, key.removeprefix(prefix))
            covered = field == "appArmorProfile" and own.get(field) is not None
            if security is not None and security.get(field) is None and not covered:
                yield _found(node[key], key, f"securityContext.{field} of the container")


def _security(values: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The securityContext of a container, empty where it has none; None where there is no such container."""
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in values.get(group) or ():
            if container and container.get("name") == name:
                return container.get("securityContext") or {}
    return None


def _found(node: Node, key: str, field: str) -> Found:
    effect = "is deprecated" if key.startswith(APPARMOR) else "has no effect any more"
    return node.found(f"the annotation `{key}` {effect}", help=f"write `{field}`", key=True)
