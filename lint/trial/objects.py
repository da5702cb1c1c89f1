"""The objects of a trial's cluster as plain data, pods and nodes with what the control plane writes about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

from kubetrial.lint.facts import kinds
from kubetrial.lint.facts.resources import Amounts
from kubetrial.lint.trial.profile import ClusterProfile
from kubetrial.lint.trial.timeline import Cause, Path

Change = Literal["added", "changed", "deleted"]

TIMELINE_KINDS = {**kinds.WORDS, "PersistentVolumeClaim": "pvc"}
"""The kinds that a timeline speaks of, by its names for them."""

CLUSTER_SCOPED = frozenset(
    {"Node", "PersistentVolume", "StorageClass", "CSIDriver", "PriorityClass", "Namespace", "RuntimeClass"}
)

TERMINAL = ("Succeeded", "Failed")


def in_several_namespaces(objects: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the objects that a timeline speaks of have several namespaces: then its subjects begin with theirs."""
    spaces = {
        str(metadata.get("namespace") or "default")
        for o in objects
        if o.get("kind") in TIMELINE_KINDS and isinstance(metadata := o.get("metadata") or {}, Mapping)
    }
    return len(spaces) > 1


class StoredObject:
    """An object of the cluster. `spec` has the defaults filled in; `manifest` is the whole object as it was given."""

    __slots__ = (
        "annotations",
        "created",
        "deleting",
        "finalizers",
        "generation",
        "kind",
        "labels",
        "manifest",
        "name",
        "namespace",
        "owner",
        "path",
        "source",
        "spec",
        "state",
        "subject",
        "uid",
    )

    def __init__(self, kind: str, namespace: str, name: str, uid: int, spec: dict[str, Any]) -> None:
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.spec = spec
        self.subject = name
        self.labels: Mapping[str, str] = {}
        self.annotations: Mapping[str, str] = {}
        self.manifest: Mapping[str, Any] = {}
        self.owner: StoredObject | None = None
        self.finalizers: set[str] = set()
        self.created = 0.0
        self.deleting: float | None = None
        self.generation = 1
        self.source: int | None = None
        self.path: Path = ("spec",)
        self.state: Any = None

    def cause(self, *field: str | int) -> Cause | None:
        """A field of this object's spec as a place in the given manifests (in the template that it was made from)."""
        return None if self.source is None else Cause(self.source, self.path + field)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.subject}>"


class StoredPod(StoredObject):
    """A pod with what the scheduler and the node agent write about it.

    `node` is set by the scheduler (or nodeName), `target` is the node a DaemonSet made it for, `index` the Job index
    or the StatefulSet ordinal, `revision` a controller's own mark for the template. `ready_since` and `finished` are
    moments; `finished` is when the last container stopped. `restarts` is the sum over all containers, `run` belongs
    to pod.py.
    """

    __slots__ = (
        "conditions",
        "container_codes",
        "finished",
        "gated",
        "grace",
        "index",
        "node",
        "phase",
        "qos",
        "ready",
        "ready_changed",
        "reason",
        "reported_restarts",
        "restarts",
        "revision",
        "run",
        "running_since",
        "target",
        "unschedulable",
    )

    def __init__(self, namespace: str, name: str, uid: int, spec: dict[str, Any]) -> None:
        super().__init__("Pod", namespace, name, uid, spec)
        self.node: str | None = None
        self.target: str | None = None
        self.index: int | None = None
        self.revision: str | None = None
        self.phase = "Pending"
        self.ready = False
        self.ready_changed = 0.0
        self.running_since: float | None = None
        self.finished: float | None = None
        self.reason = ""
        self.restarts = self.reported_restarts = 0
        self.conditions: set[str] = set()
        self.container_codes: Mapping[str, int] = {}
        self.grace: float | None = None
        self.gated = False
        self.unschedulable = ""
        self.qos = "BestEffort"
        self.run: Any = None

    @property
    def terminal(self) -> bool:
        """Whether it has ended."""
        return self.phase in TERMINAL

    @property
    def active(self) -> bool:
        """Neither ended nor being deleted: what a controller counts as one of its pods (controller.IsPodActive)."""
        return self.deleting is None and self.phase not in TERMINAL

    @property
    def terminating(self) -> bool:
        """Being deleted and not yet ended (controller.IsPodTerminating)."""
        return self.deleting is not None and self.phase not in TERMINAL

    def available(self, now: float, min_ready: float) -> bool:
        """Ready for at least `min_ready` seconds (podutil.IsPodAvailable)."""
        return self.ready and (min_ready <= 0 or self.ready_changed + min_ready <= now + 1e-6)


NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
MEMORY_PRESSURE = "node.kubernetes.io/memory-pressure"
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"


class StoredNode(StoredObject):
    """A node as the scheduler and the controllers see it.

    `alive`: its agent reports; `ready`: the control plane believes so.
    """

    __slots__ = ("alive", "allocatable", "ready", "taints", "unschedulable")

    def __init__(
        self, name: str, uid: int, labels: Mapping[str, str], taints: list[dict[str, Any]], allocatable: Amounts
    ) -> None:
        super().__init__("Node", "", name, uid, {})
        self.labels = labels
        self.taints = taints
        self.allocatable = allocatable
        self.unschedulable = False
        self.alive = True
        self.ready = True


T = TypeVar("T")


class Store(Protocol):
    """What admission asks of the world: its objects, its cluster, its clock."""

    profile: ClusterProfile

    @property
    def now(self) -> float:
        """The second of the trial."""

    def all(self, kind: str, namespace: str | None = None) -> Sequence[Any]:
        """The objects of a kind, in order of creation."""

    def kept(self, make: Callable[[], T]) -> T:
        """What is kept beside the objects; see World."""

    def find(self, kind: str, namespace: str, name: str) -> StoredObject | None:
        """One object by its name."""
