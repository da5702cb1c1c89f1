"""Names of resources such as cpu and example.com/gpu: which are known where, and which count in whole units.

Follows pkg/apis/core/helper and validateResourceName in pkg/apis/core/validation.
"""

from __future__ import annotations

from kubetrial.lint.values import names

_COUNTED = frozenset((
    "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
    "services.nodeports", "services.loadbalancers",
))  # fmt: skip
_DEVICES = frozenset(("gpu", "gpus", "fpga", "tpu", "npu", "vgpu"))
"""What people call devices, which are near no name of Kubernetes' own whatever their letters."""
_CONTAINER = frozenset(("cpu", "memory", "ephemeral-storage"))
_QUOTA = (
    _COUNTED
    | _CONTAINER
    | {f"{side}.{name}" for side in ("requests", "limits") for name in _CONTAINER}
    | {"requests.storage"}
)


def instead(name: str) -> str:
    """What to write in place of a name that is no resource, in words."""
    from kubetrial.lint.values.nearest import nearest

    close = nearest(name, sorted(_QUOTA | {"storage"})) if name.lower() not in _DEVICES else None
    if close:
        return f"write `{close}`"
    return (
        "write cpu, memory or ephemeral-storage"
        if "/" in name
        else f"write `example.com/{name}` with the domain of its driver"
    )


def is_huge_page(name: str) -> bool:
    """Whether it is a size of huge pages, such as hugepages-2Mi."""
    return name.startswith("hugepages-")


def is_native(name: str) -> bool:
    """Whether it is Kubernetes' own: without a domain, or in kubernetes.io/."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether it is a device plugin's, such as example.com/gpu."""
    return not is_native(name) and not name.startswith("requests.") and names.qualified_name("requests." + name) is None


def is_counted(name: str) -> bool:
    """Whether only whole units of it make sense."""
    return name in _COUNTED or is_extended(name)


def may_overcommit(name: str) -> bool:
    """Whether its limit may be larger than its request."""
    return is_native(name) and not is_huge_page(name)


def is_quota(name: str) -> bool:
    """Whether a quota counts it by this name; names with a domain and `count/` names apart."""
    return name in _QUOTA or name.startswith(("hugepages-", "requests.hugepages-"))


def name_problem(name: str) -> str | None:
    """Why it is no name of a resource anywhere, or None."""
    reason = names.qualified_name(name)
    if reason is None and "/" not in name and not is_quota(name) and name != "storage":
        return "no resource that Kubernetes knows; others need a domain, such as example.com/gpu"
    return reason


def quota_problem(name: str) -> str | None:
    """Why a ResourceQuota cannot count it, or None."""
    reason = name_problem(name)
    if reason is None and "/" not in name and not is_quota(name):
        return "no resource that a quota counts"
    return reason


def container_problem(name: str) -> str | None:
    """Why a container cannot ask for it, or None."""
    reason = name_problem(name)
    if reason is not None:
        return reason
    if "/" not in name:
        known = name in _CONTAINER or is_huge_page(name)
        return None if known else "no resource of containers, which have cpu, memory, ephemeral-storage and hugepages"
    if not is_native(name) and not is_extended(name):
        return "no extended resource: `requests.` and long domains are not allowed"
    return None


def extended_problem(name: str) -> str | None:
    """Why it is no extended resource, or None."""
    if is_extended(name):
        return None
    return names.qualified_name(name) or "an extended resource has a domain of its own, such as example.com/gpu"
