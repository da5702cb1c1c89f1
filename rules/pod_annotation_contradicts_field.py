"""A profile that an old annotation and the field name differently.

Seccomp and AppArmor profiles were annotations before they were fields. Where both are set they must say the same;
the API server refuses the pod otherwise.

Remove the annotation.

See https://kubernetes.io/docs/tutorials/security/apparmor/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule
from kubetrial.lint.facts.annotations import APPARMOR, SECCOMP, SECCOMP_POD


@rule(Category.REJECTED, needs=("annotations",))
def check(pod: PodSpec) -> Findings:
    """Find differing pairs; follows validateSeccompAnnotationsAndFields and its like for AppArmor."""
    annotations = (pod.parent.value.get("metadata") or {}).get("annotations") if pod.parent is not None else None
    if not annotations or not any(key.startswith((SECCOMP, APPARMOR, SECCOMP_POD)) for key in annotations):
        return
    values = pod.mapping()
    own = values.get("securityContext") or {}
    if SECCOMP_POD in annotations and own.get("seccompProfile"):
        yield from _compared(
            pod["securityContext"]["seccompProfile"], own["seccompProfile"], annotations[SECCOMP_POD] or "", SECCOMP_POD
        )
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(values.get(group) or ()):
            name = (container or {}).get("name") or ""
            security = (container or {}).get("securityContext") or {}
            node = pod[group][index]["securityContext"]
            if SECCOMP + name in annotations and security.get("seccompProfile"):
                yield from _compared(
                    node["seccompProfile"],
                    security["seccompProfile"],
                    annotations[SECCOMP + name] or "",
                    SECCOMP + name,
                )
            profile = security.get("appArmorProfile") or own.get("appArmorProfile")
            if APPARMOR + name in annotations and profile and (values.get("os") or {}).get("name") != "windows":
                copied = not security.get("appArmorProfile") and pod.root.get("kind") == "Pod"
                if not copied:  # in a bare Pod the annotation becomes the container's field first
                    yield from _compared(
                        node["appArmorProfile"], profile, annotations[APPARMOR + name] or "", APPARMOR + name
                    )


def _compared(node: Node, profile: dict[str, Any], annotation: str, key: str) -> Findings:
    kind = profile.get("type")
    said = {"Unconfined": ["unconfined"], "RuntimeDefault": ["runtime/default"]}.get(str(kind))
    if kind == "RuntimeDefault" and not key.startswith(APPARMOR):
        annotation = annotation.replace("docker/default", "runtime/default")
    if said is not None and annotation not in said:
        yield node["type"].found(
            f"the type is {kind}, and the annotation `{key}` says `{annotation}`", help="remove the annotation"
        )
    elif kind == "Localhost" and not annotation.startswith("localhost/"):
        yield node["type"].found(
            f"the type is Localhost, and the annotation `{key}` says `{annotation}`", help="remove the annotation"
        )
    elif kind == "Localhost" and annotation.removeprefix("localhost/") != profile.get("localhostProfile"):
        yield node["localhostProfile"].found(
            f"the profile differs from that of the annotation `{key}`, `{annotation}`", help="remove the annotation"
        )
