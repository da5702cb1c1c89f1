"""What bears on the workloads of a play, chosen from all objects of a set: what admission, the scheduler and drains look at.

A set may hold thousands of volumes and classes, and each play takes part with those alone that its workloads can meet: of each
kind in the time of the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kubetrial.lint.facts import binding
from kubetrial.lint.objects.views import Object, Workload

IN_NAMESPACE = ("ResourceQuota", "LimitRange")
"""Kinds that bear on all pods of their namespace."""
CLUSTER_WIDE = frozenset(("PriorityClass", "RuntimeClass", "StorageClass", "CSIDriver", "PersistentVolume"))
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


class Shared:
    """The cluster-wide objects of a set, indexed once for the trials of all its namespaces."""

    __slots__ = ("_by_claim", "_by_class", "_by_kind", "_by_name", "numbers", "objects")

    def __init__(self, objects: Iterable[Object]) -> None:
        self.objects = tuple(objects)
        self.numbers = {id(obj): number for number, obj in enumerate(self.objects)}
        self._by_kind: dict[str, list[Object]] = {}
        self._by_name: dict[tuple[str, str], list[Object]] = {}
        self._by_class: dict[str, list[Object]] = {}
        self._by_claim: dict[str, list[Object]] = {}
        for obj in self.objects:
            self._by_kind.setdefault(obj.kind, []).append(obj)
            self._by_name.setdefault((obj.kind, obj.name), []).append(obj)
            if obj.kind == "PersistentVolume":
                spec = obj["spec"]
                self._by_class.setdefault(_class_of(obj.value) or "", []).append(obj)
                if (claim := spec["claimRef"].get("name")).__class__ is str:
                    self._by_claim.setdefault(claim, []).append(obj)

    def kind(self, kind: str) -> list[Object]:
        """The objects of a kind."""
        return self._by_kind.get(kind, [])

    def needed(self, workloads: Sequence[Workload], claims: Sequence[Object]) -> Iterator[Object]:
        """What the pods of workloads can meet, whose given claims are these; an object may come twice."""
        for workload in workloads:
            for kind, field in (("PriorityClass", "priorityClassName"), ("RuntimeClass", "runtimeClassName")):
                yield from self._by_name.get((kind, str(workload.pod.get(field))), ())
        yield from (one for one in self.kind("PriorityClass") if one.get("globalDefault") is True)
        if any(map(asks_for_storage, workloads)):
            yield from self.kind("CSIDriver")
            yield from self._storage(workloads, claims)

    def _storage(self, workloads: Sequence[Workload], claims: Sequence[Object]) -> Iterator[Object]:
        wanted = [
            *(claim.value for claim in claims),
            *(made for workload in workloads for made in _claims_made(workload)),
        ]
        classes = {_class_of(value) for value in wanted}
        if None in classes:  # the default class, which the cluster decides on
            yield from self.kind("StorageClass")
            yield from self.kind("PersistentVolume")
            return
        for name in classes:
            yield from self._by_name.get(("StorageClass", str(name)), ())
            yield from self._by_class.get(str(name), ())
        yield from (one for one in self.kind("StorageClass") if one.annotations.get(_DEFAULT_CLASS) == "true")
        for claim in claims:
            yield from self._by_name.get(("PersistentVolume", str(claim["spec"].get("volumeName"))), ())
            yield from self._by_claim.get(claim.name, ())


def distinct(objects: Iterable[Object]) -> list[Object]:
    """Of objects that say the same only the first: what it refuses, the others refuse too."""
    found: dict[str, Object] = {}
    for obj in objects:
        found.setdefault(repr(obj.value.get("spec")), obj)
    return list(found.values())


def asks_for_storage(workload: Workload) -> bool:
    """Whether the pods of a workload have claims: their own, those of templates, or some that are made for a volume."""
    if workload.spec.get("volumeClaimTemplates"):
        return True
    volumes = workload.pod.get("volumes") or ()
    return any((volume or {}).get(kind) for volume in volumes for kind in ("persistentVolumeClaim", "ephemeral"))


def _claims_made(workload: Workload) -> Iterator[Any]:
    """The templates of the claims that a workload makes for its pods."""
    for template in workload.spec["volumeClaimTemplates"].items():
        yield template.mapping()
    for volume in workload.pod["volumes"].items():
        made = volume["ephemeral"]["volumeClaimTemplate"]
        if made.present:
            yield made.mapping()


def _class_of(value: Any) -> str | None:
    """The class that a claim or volume names ("" for none at all), or None where it leaves that to the cluster."""
    name = binding.class_of(value)
    return name if name.__class__ is str else None
