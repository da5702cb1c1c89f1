"""An amount of memory without its unit, such as `512`, with which no container can start.

Memory is counted in bytes: `512` are 512 bytes, `1k` is 1000. As a limit it lets no process
start (the container ends with "OOMKilled" or "failed to create"); as a request it reserves nothing.

Write the unit, such as `512Mi`.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Findings,
    Found,
    LimitRangeItem,
    Node,
    PersistentVolumeClaimSpec,
    ResourceQuota,
    ResourceRequirements,
    Volume,
    rule,
)
from kubetrial.lint.values import quantity

_LEAST = quantity.parse("64Ki")
_LARGE = re.compile(r"[1-9]\d{0,8}(?:\.\d{1,3})?(?:[MGT]i|[GT])")
_LEAST_LIMIT = quantity.parse("1Mi")
"""The program that the runtime starts first in a container takes more than this before it gives way to the container's own."""


@rule(Category.RISKY)
def check(
    holder: ResourceRequirements | PersistentVolumeClaimSpec | Volume | LimitRangeItem | ResourceQuota,
) -> Findings:
    """Memory with which no container can start: limits under 1Mi, requests under 64Ki; storage of a few bytes."""
    if isinstance(holder, ResourceRequirements):
        yield from _of_resources(holder)
        return
    if not _may_be_tiny(holder):
        return
    for amount, effect in _others(holder):
        if _is_tiny(amount):
            yield amount.found(
                f"{amount.key} `{amount.value}` {_what(amount)}",
                consequence=effect,
                help=f"write {_with_unit(amount)}",
            )


def _may_be_tiny(holder: Node) -> bool:
    """Whether a claim or volume has an amount that is not large by its look; others are few."""
    if isinstance(holder, Volume):
        source = holder.get("emptyDir")
        return isinstance(source, dict) and not str(source.get("sizeLimit", "Ki")).endswith(("Ki", "k"))  # meant so
    return True


def _others(holder: Node) -> Iterator[tuple[Node, str]]:
    """(the amount, what happens with so little) of claims, volumes and limit ranges."""
    if isinstance(holder, PersistentVolumeClaimSpec):
        yield (
            holder["resources"]["requests"]["storage"],
            "the volume is of no use, or of the smallest size that the storage makes",
        )
    elif isinstance(holder, Volume):
        in_memory = holder["emptyDir"].get("medium") == "Memory"
        yield (
            holder["emptyDir"]["sizeLimit"],
            "hardly anything can be written to it: no space left"
            if in_memory
            else "the pod is evicted at its first write",
        )
    elif isinstance(holder, ResourceQuota):
        for name in ("memory", "requests.memory", "limits.memory", "requests.storage"):
            yield holder["spec"]["hard"][name], "no pod or claim of the namespace is so small: all are refused"
    else:
        for field in ("default", "defaultRequest", "max"):
            yield holder[field]["memory"], "no container starts with so little"


def _of_resources(resources: ResourceRequirements) -> Findings:
    for field in ("limits", "requests"):
        written = resources.get(field)
        for name in ("memory", "ephemeral-storage") if written.__class__ is dict else ():
            if name not in written or _is_large(written[name]):
                continue
            amount = resources[field][name]
            limit = name == "memory" and field == "limits"
            if _is_tiny(amount, _LEAST_LIMIT if limit else _LEAST):
                yield _told(amount, field, name)


def _is_large(amount: object) -> bool:
    """Whether an amount is surely 1Mi or more by the look of it, as most are; costs little."""
    return isinstance(amount, str) and _LARGE.fullmatch(amount) is not None


def _is_tiny(amount: Node, least: quantity.Quantity = _LEAST) -> bool:
    if isinstance(amount.value, bool) or not isinstance(amount.value, (str, int, float)):
        return False
    try:
        found = quantity.parse(amount.value)
    except quantity.QuantityError:
        return False
    # resources-fraction-of-byte speaks of the others
    return found.passes_as_whole and quantity.parse(0) < found < least


def _told(amount: Node, field: str, name: str) -> Found:
    effect = "no container starts with so little" if field == "limits" else "so little reserves nothing on the node"
    return amount.found(
        f"{name} `{amount.value}` in {field} {_what(amount)}",
        consequence=effect if name == "memory" or field == "requests" else "the pod is evicted at its first write",
        help=f"write {_with_unit(amount)}",
    )


def _what(amount: Node) -> str:
    """What is wrong with the amount: no unit, or one that is a thousand times too small."""
    if str(amount.value)[-1:].isdigit():
        return "is less than 64Ki: without a unit it is bytes" if _is_tiny(amount) else "is bytes: it has no unit"
    return "is less than 64Ki" if _is_tiny(amount) else "is less than 1Mi"


def _with_unit(amount: Node) -> str:
    digits = str(amount.value).rstrip("kKi")
    return f"{digits}Mi" if digits.isdigit() else "the amount with its unit, such as 128Mi"
