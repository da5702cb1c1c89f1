"""An amount of memory without its unit, such as `512`, with which no container can start.

Memory is counted in bytes: `512` are 512 bytes, `1k` is 1000. As a limit it lets no process
start (the container ends with "OOMKilled" or "failed to create"); as a request it reserves nothing.

Write the unit, such as `512Mi`.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Findings,
    Found,
    LimitRangeItem,
    Node,
    PersistentVolumeClaimSpec,
    ResourceRequirements,
    Volume,
    rule,
)
from kubetrial.lint.values import quantity

_LEAST = quantity.parse("64Ki")


@rule(Category.RISKY)
def check(holder: ResourceRequirements | PersistentVolumeClaimSpec | Volume | LimitRangeItem) -> Findings:
    """Memory of containers and pods under 64Ki, with which none can start (cgroup limits go by pages); storage of a few bytes."""
    if isinstance(holder, ResourceRequirements):
        yield from _of_resources(holder)
        return
    for amount, effect in _others(holder):
        if _is_tiny(amount):
            yield amount.found(
                f"{amount.key} `{amount.value}` is less than 64Ki: without a unit it is bytes",
                consequence=effect,
                help=f"write {_with_unit(amount)}",
            )


def _others(holder: Node) -> Iterator[tuple[Node, str]]:
    """(the amount, what happens with so little) of claims, volumes and limit ranges."""
    if isinstance(holder, PersistentVolumeClaimSpec):
        yield (
            holder["resources"]["requests"]["storage"],
            "the volume is of no use, or of the smallest size that the storage makes",
        )
    elif isinstance(holder, Volume):
        yield holder["emptyDir"]["sizeLimit"], "the pod is evicted at its first write"
    else:
        for field in ("default", "defaultRequest", "max"):
            yield holder[field]["memory"], "no container starts with so little"


def _of_resources(resources: ResourceRequirements) -> Findings:
    for field in ("limits", "requests"):
        for name in ("memory", "ephemeral-storage"):
            amount = resources[field][name]
            if _is_tiny(amount):
                yield _told(amount, field, name)


def _is_tiny(amount: Node) -> bool:
    if isinstance(amount.value, bool) or not isinstance(amount.value, (str, int, float)):
        return False
    try:
        found = quantity.parse(amount.value)
    except quantity.QuantityError:
        return False
    # resources-fraction-of-byte speaks of the others
    return found.passes_as_whole and quantity.parse(0) < found < _LEAST


def _told(amount: Node, field: str, name: str) -> Found:
    effect = "no container starts with so little" if field == "limits" else "so little reserves nothing on the node"
    return amount.found(
        f"{name} `{amount.value}` in {field} is less than 64Ki: without a unit it is bytes",
        consequence=effect if name == "memory" or field == "requests" else "the pod is evicted at its first write",
        help=f"write {_with_unit(amount)}",
    )


def _with_unit(amount: Node) -> str:
    digits = str(amount.value).rstrip("kKi")
    return f"{digits}Mi" if digits.isdigit() else "the amount with its unit, such as 128Mi"
