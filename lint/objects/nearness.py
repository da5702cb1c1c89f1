"""What stands near an object: in its folder, its file, its kustomization; and whether the two reach the cluster as they are written.

A set is seldom all that a cluster holds, so that what is not beside an object says nothing by itself; what is beside it, for the same
cluster and changed by nothing, says what was meant.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from heapq import merge
from typing import Any, Generic, TypeVar

from kubetrial.lint.objects.cluster import Cluster, folder_of
from kubetrial.lint.objects.together import in_one_cluster, place
from kubetrial.lint.objects.views import Object, Workload
from kubetrial.lint.values.names import dns_label
from kubetrial.lint.values.nearest import MOST_NAMES
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Node

O = TypeVar("O", bound=Object)  # noqa: E741
_CHARTS = frozenset(("HelmRelease", "HelmChart", "HelmChartConfig", "Application", "ApplicationSet", "Kustomization"))
"""Kinds that bring objects from elsewhere."""


@dataclass(frozen=True, slots=True)
class NearObject:
    """An object beside a referrer, with what is asked of it again and again."""

    object: Object
    name: str
    labels: Mapping[str, Any]


def _known_near(_: Cluster) -> dict[Any, list[NearObject]]:
    """What was asked for -> the objects beside a referrer."""
    return {}


def near_objects(
    cluster: Cluster, referrer: Object, kinds: tuple[tuple[str, str], ...], wanted: frozenset[str] | None
) -> list[NearObject]:
    """The objects of some kinds in the folder of the referrer that can be in one of the namespaces: the first ones."""
    known = cluster.once(_known_near)
    folder, where = folder_of(referrer), place(cluster, referrer)
    key = (folder, where, kinds, wanted)
    found = known.get(key)
    if found is None:
        near = [obj for kind in kinds for obj in cluster.in_folder(folder).get(kind, ())[:MOST_NAMES]]
        found = known[key] = [
            NearObject(obj, obj.name, labels_of(obj).mapping())
            for obj in near
            if place(cluster, obj) == where and may_meet(cluster.namespaces(obj), wanted)
        ]
    return found


def are_near(one: Object, other: Object) -> bool:
    """Whether the folder of one object is that of the other, or inside of it."""
    here, there = folder_of(one), folder_of(other)
    return (
        here == there
        or f"{here}/".startswith(f"{there}/" if there else "")
        or f"{there}/".startswith(f"{here}/" if here else "")
    )


class Neighbours(Generic[O]):
    """Objects with a trait each, to be asked which of one trait stand beside another object, in their order and with their number.

    They are found by the folder, file and kustomization that they share with it; nobody looks at the others.
    """

    __slots__ = ("_cluster", "_index")

    def __init__(self, cluster: Cluster, objects: Iterable[tuple[Hashable, O]]) -> None:
        self._cluster = cluster
        self._index: dict[Hashable, list[tuple[int, O]]] = {}
        for number, (trait, obj) in enumerate(objects):
            for circle in circles(cluster, obj):
                self._index.setdefault((trait, circle), []).append((number, obj))

    def beside(self, obj: Object, trait: Hashable) -> Iterator[tuple[int, O]]:
        """Those of a trait that `is_beside` says of."""
        found = self._sharing(obj, trait, "file")
        return (one for one in found if is_beside(self._cluster, obj, one[1]))

    def applied_with(self, obj: Object, trait: Hashable) -> Iterator[tuple[int, O]]:
        """Those of a trait that `applied_together` says of."""
        found = self._sharing(obj, trait, "" if self._cluster.closed_world else "folder")
        return (one for one in found if applied_together(self._cluster, obj, one[1]))

    def _sharing(self, obj: Object, trait: Hashable, but: str) -> Iterator[tuple[int, O]]:
        lists = [self._index.get((trait, circle), []) for circle in circles(self._cluster, obj) if circle[0] != but]
        before = -1
        for one in merge(*lists, key=lambda one: one[0]):
            if one[0] != before:
                before = one[0]
                yield one


def circles(cluster: Cluster, obj: Object) -> tuple[tuple[str, ...], ...]:
    """What objects share that stand beside one another: the folder, the file, a kustomization that lists the file."""
    file, where = obj.document.file, place(cluster, obj)
    found = ("folder", folder_of(obj), where), ("file", file, where)
    if cluster.kustomizations is None:
        return found
    return (*found, *(("listed", one.file) for one in cluster.kustomizations.listing(file)))


def is_transformed(cluster: Cluster, *objects: Object) -> bool:
    """Whether a kustomization changes more of an object than its name and namespace."""
    if cluster.kustomizations is None:
        return False
    for obj in objects:
        facts = cluster.kustomizations.facts(obj.document.file)
        if facts.changed or facts.patched or facts.variables:
            return True
    return False


def nearest_to(referrer: Object, objects: list[Object]) -> Object:
    """The one that stands nearest: in the same file, the same folder, then by the common path."""
    if len(objects) == 1:
        return objects[0]
    here = referrer.document.file.split("/")

    def away(obj: Object) -> tuple[int, int]:
        there = obj.document.file.split("/")
        common = next((n for n, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), len(here))
        return -common, len(there)

    return min(objects, key=away)


def may_meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Whether two objects can be in one namespace; where none is written, that of the command line holds."""
    return one is None or other is None or not one.isdisjoint(other)


def is_beside(cluster: Cluster, one: Object, other: Object) -> bool:
    """Whether two objects stand in one folder or kustomization, and are meant for one cluster."""
    if folder_of(one) == folder_of(other):
        return in_one_cluster(cluster, one, other)
    return applied_together(cluster, one, other)


def are_namespaces(namespaces: Iterable[str]) -> bool:
    """Whether all of them are names, and none is something like `${NAMESPACE}` or NAMESPACE that is replaced before it is applied."""
    return all(dns_label(namespace) is None for namespace in namespaces)


def above(folder: str) -> str:
    """The folder around a folder; empty at the top."""
    return folder.rpartition("/")[0]


def _known_open(_: Cluster) -> dict[str, bool]:
    """A folder -> whether more objects come out of what stands near it."""
    return {}


def brings_more(cluster: Cluster, folder: str) -> bool:
    """Whether templates, unreadable files or charts stand near a folder: more objects come out of those."""
    known = cluster.once(_known_open)
    if folder not in known:
        known[folder] = not cluster.once(_sources).isdisjoint(_near_to(folder))
    return known[folder]


def _sources(cluster: Cluster) -> set[tuple[str, str]]:
    """The folders of what more objects come out of, by the keys of `_kept_under`."""
    files = cluster.unread.union(obj.document.file for obj in cluster.objects if obj.kind in _CHARTS)
    return {key for one in {file.rpartition("/")[0] for file in files} for key in _kept_under(one)}


def _kept_under(folder: str) -> Iterator[tuple[str, str]]:
    """The keys of a folder in an index, so that `_near_to` another folder finds it."""
    yield "in", folder
    if above(folder):
        yield "beside", above(folder)
    elif folder:
        yield "below", ""
    yield from (("below", above) for above in _all_above(folder))


def _near_to(folder: str) -> Iterator[tuple[str, str]]:
    """The keys of all folders that are near a folder: the same, inside of one another, or neighbours."""
    yield "in", folder
    if above(folder):
        yield "beside", above(folder)
    elif folder:
        yield "in", ""
    yield "below", folder
    yield from (("in", above) for above in _all_above(folder))


def _all_above(folder: str) -> Iterator[str]:
    """The folders around a folder, without the top."""
    while folder := above(folder):
        yield folder


def labels_of(obj: Object) -> Node:
    """The labels that selectors look at: of the pods of a workload, of the object itself otherwise."""
    return (obj.pod.metadata if isinstance(obj, Workload) else obj["metadata"])["labels"]


def applied_together(cluster: Cluster, one: Object, other: Object) -> bool:
    """Whether both are certain to be applied: they stand in one file, or one kustomization lists both.

    A folder may hold variants, unless it is known that nothing else exists.
    """
    files = one.document.file, other.document.file
    if files[0] == files[1] or cluster.closed_world:
        return in_one_cluster(cluster, one, other)
    return cluster.kustomizations is not None and bool(cluster.kustomizations.list_both(*files))


def is_open(cluster: Cluster, obj: Object) -> bool:
    """Whether pods or other objects may come beside an object from templates, charts, operators or elsewhere."""
    if cluster.kustomizations is not None and cluster.kustomizations.facts(obj.document.file).remote:
        return True
    if cluster.closed_world:
        return False
    return cluster.has_makers(folder_of(obj)) or brings_more(cluster, folder_of(obj))
