"""Which objects are meant for one cluster: a repository often holds several, side by side.

Folders of examples, environments and variants hold objects of the same name with different contents. No cluster has
two of them, so the folder that holds both stands for no single cluster, and neither do the folders above it. What is
left, the largest folders (or single files) without such a contradiction, are the sets of objects that live together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.objects.cluster import Cluster, folder_of
from kubetrial.lint.objects.views import Object, Workload

_SHARED = ("Namespace", "CustomResourceDefinition")
"""Kinds that every variant brings along: two of one name say nothing."""


def place(cluster: Cluster, obj: Object) -> str:
    """The set that an object belongs to, as its folder or file (of a file that contradicts itself, the document)."""
    return cluster.once(_Places).of(obj)


def in_one_cluster(cluster: Cluster, one: Object, other: Object) -> bool:
    """Whether two objects are meant for the same cluster."""
    return place(cluster, one) == place(cluster, other)


def _known_chosen(_: Cluster) -> dict[Any, dict[tuple[str, str], list[Workload]]]:
    """A selector and a namespace -> the workloads by where they stand."""
    return {}


def chosen_beside(cluster: Cluster, obj: Object, selector: Mapping[str, Any]) -> list[Workload]:
    """The workloads that a plain selector of an object chooses and that stand in its own folder, as they are written.

    The same list for the same question: do not change it.
    """
    known = cluster.once(_known_chosen)
    key = (frozenset(selector.items()), obj.namespace)
    if key not in known:
        known[key] = {}
        for workload in cluster.selected_by(selector, obj.namespace):
            if not cluster.is_rewritten(workload):
                known[key].setdefault((folder_of(workload), place(cluster, workload)), []).append(workload)
    return known[key].setdefault((folder_of(obj), place(cluster, obj)), [])


class _Places:
    """Folders and files that hold two objects of one name, and the place of each file."""

    __slots__ = ("_contradictory", "_known")

    def __init__(self, cluster: Cluster) -> None:
        self._contradictory: set[str] = set()
        self._known: dict[str, str] = {}
        first: dict[tuple[str, str, str, str], Object] = {}
        several: dict[tuple[str, str, str, str], list[Object]] = {}
        for obj in cluster.objects:
            value = obj.value
            metadata: Any = value.get("metadata")
            if metadata.__class__ is not dict or value["kind"] in _SHARED or metadata.get("name").__class__ is not str:
                continue
            api, namespace = value["apiVersion"], metadata.get("namespace")
            key = (
                api.rpartition("/")[0],
                value["kind"],
                namespace if namespace.__class__ is str else "default",
                metadata["name"],
            )
            other = first.setdefault(key, obj)
            if other is not obj:
                several.setdefault(key, [other]).append(obj)
        for same in several.values():
            if any(obj.value != same[0].value for obj in same):
                self._contradicts([obj.document.file for obj in same])

    def _contradicts(self, files: list[str]) -> None:
        """Objects of one name stand in these files: the folders (and files) that hold two of them are no cluster."""
        seen: set[str] = set()
        for file in files:
            path = file
            while True:
                if path in seen:
                    self._contradictory.add(path)
                seen.add(path)
                if not path:
                    break
                path = path.rpartition("/")[0]

    def of(self, obj: Object) -> str:
        """The largest folder around an object that does not contradict itself."""
        file = obj.document.file
        found = self._known.get(file)
        if found is None:
            found = self._known[file] = self._largest(file)
        return found or f"{file}#{obj.document.index}"

    def _largest(self, file: str) -> str:
        if file in self._contradictory:
            return ""
        path = file
        while path:
            above = path.rpartition("/")[0]
            if above in self._contradictory:
                return path
            path = above
        return "."
