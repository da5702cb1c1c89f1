"""All objects together, as one cluster would hold them: the index that rules across objects ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kubetrial.lint.kinds import Object, Workload

O = TypeVar("O", bound=Object)  # noqa: E741


@dataclass(slots=True)
class Cluster:
    """The objects of a run, indexed once; every question is answered in the time of its answer.

    `complete` says whether the whole set is known (a folder, standard input, or by configuration): a rule of the kind
    "nothing matches" is silent where it is not. `reported` are the objects that findings may stand on; the others are context.
    """

    objects: list[Object]
    minor: int
    complete: bool = False
    reported: frozenset[int] = frozenset()
    external: tuple[str, ...] = ()  # kind/name patterns of what exists outside of the set
    profile: Mapping[str, Any] = field(default_factory=dict)
    _by_kind: dict[tuple[str, str], list[Object]] = field(default_factory=dict)
    _by_name: dict[tuple[str, str, str, str], Object] = field(default_factory=dict)
    _by_label: dict[tuple[str, str, Any], list[Workload]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the indexes: linear in the number of objects."""
        for obj in self.objects:
            self._by_kind.setdefault((obj.group, obj.kind), []).append(obj)
            self._by_name.setdefault((obj.group, obj.kind, obj.namespace or "default", obj.name), obj)
            if isinstance(obj, Workload):
                for label in obj.pod.labels.items():
                    if label[1].__class__ is not str:
                        continue  # refused by the schema; it selects nothing
                    self._by_label.setdefault((obj.namespace or "default", *label), []).append(obj)

    def all(self, cls: type[O]) -> Iterator[O]:
        """All objects of a view, such as `cluster.all(Service)`."""
        return (obj for obj in self.objects if isinstance(obj, cls))

    def kind(self, group: str, kind: str) -> list[Object]:
        """All objects of a group and kind, whatever their version."""
        return self._by_kind.get((group, kind), [])

    def get(self, group: str, kind: str, namespace: str, name: str) -> Object | None:
        """One object; the namespace `default` where none is written, and of cluster-scoped kinds."""
        return self._by_name.get((group, kind, namespace or "default", name))

    def selected_by(self, selector: Mapping[str, Any], namespace: str) -> list[Workload]:
        """The workloads of a namespace whose pods carry all the labels of a plain, non-empty selector."""
        if not selector:
            return []
        candidates: Iterable[Workload] = min(
            (self._by_label.get((namespace or "default", key, value), []) for key, value in selector.items()), key=len
        )
        return [w for w in candidates if selector.items() <= w.pod.labels.items()]

    def is_reported(self, obj: Object) -> bool:
        """Whether findings on the object are shown."""
        return id(obj) in self.reported
