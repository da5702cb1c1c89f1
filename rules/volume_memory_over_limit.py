"""A memory volume that is not smaller than the memory limit of its container.

What is written to an emptyDir with `medium: Memory` is memory of the container that writes it, and counts against its
limit. A `sizeLimit` at or above the limit can never be used: the kubelet cuts the volume to the limits of the pod, and
before it is full the container is killed (OOMKilled).

Raise the memory limit above sizeLimit plus what the program itself needs, or make the volume smaller.

See https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, Node, PodSpec, rule
from kubetrial.lint.values import quantity


@rule(Category.RISKY, needs=("volumes",))
def check(pod: PodSpec) -> Findings:
    """Follows calculateEmptyDirMemorySize in pkg/volume/emptydir; pages of tmpfs are charged to the container."""
    volumes = pod.mapping().get("volumes")
    if volumes.__class__ is not list or not any(v.__class__ is dict and v.get("emptyDir") for v in volumes):
        return
    for volume in pod["volumes"].items():
        source = volume["emptyDir"]
        size = _amount(source["sizeLimit"]) if source.get("medium") == "Memory" else None
        if size is None:
            continue
        writers = [c for c in pod.all_containers() if _writes(c, volume.get("name"))]
        limits = [_limit(pod, container) for container in writers]
        known = [limit for limit in limits if limit is not None]
        if not known or len(known) < len(limits) or any(amount > size for amount, _ in known):
            continue
        limit = max(known, key=lambda one: one[0])[1]
        yield source["sizeLimit"].found(
            f"the memory volume {volume.get('name')} may take {source.get('sizeLimit')}, and its container at most {limit.value}",
            consequence="what is written to it counts as memory of the container, which is OOMKilled before the volume is full",
            help="raise the memory limit above sizeLimit and what the program needs, or write a smaller sizeLimit",
            related=(("the memory limit", limit),),
        )


def _writes(container: Container, volume: object) -> bool:
    return any(m.get("name") == volume and m.get("readOnly") is not True for m in container["volumeMounts"].items())


def _limit(pod: PodSpec, container: Container) -> tuple[quantity.Quantity, Node] | None:
    """The memory limit that holds for a container: its own, or that of the pod."""
    for limit in (container["resources"]["limits"]["memory"], pod["resources"]["limits"]["memory"]):
        amount = _amount(limit)
        if amount is not None:
            return amount, limit
    return None


def _amount(node: Node) -> quantity.Quantity | None:
    if isinstance(node.value, bool) or not isinstance(node.value, (str, int, float)):
        return None
    try:
        return quantity.parse(node.value)
    except quantity.QuantityError:
        return None
