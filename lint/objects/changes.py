"""What changes between two states of the manifests: `kubetrial check --against`.

Objects are the same when group, kind, namespace and name are. Where one state holds several of one identity (variants side
by side), the one of the same file is meant; where that tells nothing, nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.records import dataclass

O = TypeVar("O", bound=Object)  # noqa: E741
Identity = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """Two states, and which object of the one is which of the other."""

    old: Cluster
    new: Cluster
    pairs: tuple[tuple[Object, Object], ...]
    """(as it was, as it is) of what stands in both."""
    gone: tuple[Object, ...]
    come: tuple[Object, ...]

    def of(self, cls: type[O]) -> Iterator[tuple[O, O]]:
        """The pairs of a view."""
        for old, new in self.pairs:
            if isinstance(old, cls) and isinstance(new, cls):
                yield old, new


def identity(obj: Object) -> Identity:
    """What an update finds an object by; the namespace `default` where none is written."""
    return (obj.group, obj.kind, obj.namespace or "default", obj.name)


def changes(olds: Sequence[Object], cluster: Cluster) -> Changes:
    """The changes from some older objects to those of a cluster; objects without a name of their own are left out."""
    before, after = _by_identity(olds), _by_identity(cluster.objects)
    pairs = [
        (old, new)
        for key, news in after.items()
        for new in news
        if (old := _twin(before.get(key, []), new, alone=len(news) == 1)) is not None
    ]
    gone = [obj for key, objects in before.items() if key not in after for obj in objects]
    come = [obj for key, objects in after.items() if key not in before for obj in objects]
    return Changes(Cluster(list(olds), cluster.minor), cluster, tuple(pairs), tuple(gone), tuple(come))


def _by_identity(objects: Sequence[Object]) -> dict[Identity, list[Object]]:
    found: dict[Identity, list[Object]] = {}
    for obj in objects:
        if obj["metadata"].get("name"):
            found.setdefault(identity(obj), []).append(obj)
    return found


def _twin(olds: list[Object], new: Object, alone: bool) -> Object | None:
    """What an object was before: the only one, or that of the same file."""
    if len(olds) == 1 and alone:
        return olds[0]
    same = [old for old in olds if old.document.file == new.document.file]
    return same[0] if len(same) == 1 else None
