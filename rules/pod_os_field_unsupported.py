"""A field that the pod's operating system does not have.

With `os.name: windows` the fields of Linux security (user and group ids, SELinux, seccomp, AppArmor, capabilities,
sysctls) and the host's namespaces cannot be set, nor resources of the whole pod; with `os.name: linux`
windowsOptions cannot be set. The API server refuses the pod.

Remove the field, or `os.name` where the pod is for the other system.

See https://kubernetes.io/docs/concepts/workloads/pods/#pod-os
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Found, Node, PodSpec, rule

_GROUPS = ("initContainers", "containers", "ephemeralContainers")
_POD_SECURITY = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser",
    "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy",
)  # fmt: skip
_CONTAINER_SECURITY = (
    "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
    "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
)  # fmt: skip


@rule(Category.REJECTED, needs=("os",))
def check(pod: PodSpec) -> Findings:
    """Find fields of the other system; follows validateWindows and validateLinux in core/validation."""
    values = pod.mapping()
    system = (values.get("os") or {}).get("name")
    if system == "linux":
        if (values.get("securityContext") or {}).get("windowsOptions") is not None:
            yield _found(pod["securityContext"]["windowsOptions"], "linux")
        for group, index, security in _securities(pod):
            if security.get("windowsOptions") is not None:
                yield _found(pod[group][index]["securityContext"]["windowsOptions"], "linux")
    elif system == "windows":
        security = values.get("securityContext") or {}
        for field in _POD_SECURITY:
            if security.get(field) is not None and not (field == "sysctls" and not security[field]):
                yield _found(pod["securityContext"][field], "windows")
        for field in ("hostUsers", "hostPID", "hostIPC", "shareProcessNamespace", "resources"):
            value = values.get(field)
            if value or (value is not None and field in ("hostUsers", "shareProcessNamespace", "resources")):
                yield _found(pod[field], "windows")
        for group, index, security in _securities(pod):
            for field in _CONTAINER_SECURITY:
                if security.get(field) is not None:
                    yield _found(pod[group][index]["securityContext"][field], "windows")


def _securities(pod: PodSpec) -> list[tuple[str, int, dict[str, object]]]:
    """(list, index, securityContext) of every container that has one."""
    found = []
    for group in _GROUPS:
        for index, container in enumerate(pod.mapping().get(group) or ()):
            if container and container.get("securityContext"):
                found.append((group, index, container["securityContext"]))
    return found


def _found(node: Node, system: str) -> Found:
    return node.found(
        f"`{node.key}` cannot be set in a pod for {system}",
        help="remove it, or `os.name` where the pod is for the other system",
        key=True,
    )
