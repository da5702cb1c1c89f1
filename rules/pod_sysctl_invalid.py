"""Sysctls that a pod cannot set.

A sysctl is set once, and one that belongs to the network or IPC namespace can only be set where the pod has its
own: with `hostNetwork` or `hostIPC` it would change the node. The API server refuses the pod.

Remove the sysctl, or set it on the node.

See https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule

_IPC = frozenset(
    f"kernel.{name}"
    for name in ("sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced", "shm", "msgmax", "msgmnb", "msgmni", "msg")
)


@rule(Category.REJECTED, needs=("securityContext",))
def check(pod: PodSpec) -> Findings:
    """Find repeated sysctls and those of the node; follows validateSysctls in core/validation."""
    values = pod.mapping()
    sysctls = (values.get("securityContext") or {}).get("sysctls")
    if not sysctls:
        return
    seen: set[str] = set()
    for index, sysctl in enumerate(sysctls):
        name = (sysctl or {}).get("name") or ""
        node = pod["securityContext"]["sysctls"][index]["name"]
        if name and name in seen:
            yield node.found(f"the sysctl `{name}` is set twice", help="keep one of the two")
        seen.add(name)
        dotted = _dotted(name)
        if values.get("hostNetwork") and dotted.startswith("net."):
            yield node.found(
                f"`{name}` belongs to the network, and with hostNetwork that is the node's",
                help="remove it, or hostNetwork",
            )
        elif values.get("hostIPC") and (dotted in _IPC or dotted.startswith("fs.mqueue.")):
            yield node.found(
                f"`{name}` belongs to the IPC namespace, and with hostIPC that is the node's",
                help="remove it, or hostIPC",
            )


def _dotted(name: str) -> str:
    """The name with dots between its parts: where the first separator is a slash, slashes and dots change places."""
    separator = next((sign for sign in name if sign in "./"), ".")
    dotted = name if separator == "." else name.translate(str.maketrans("./", "/."))
    return dotted.split("*")[0]
