"""The state of the cluster in a trial: objects as plain data, and the few things that can be done to them.

How a controller is written (job.py is the one to read):

* A controller is a function `sync(world, key, now) -> next wake-up | None` and a `Controller` record that names it.
  `key` is the uid of an object of its kind (or "" when it looks at everything); `world.get(key)` gives the object, or
  None when it is gone. The answer is an absolute second. A sync reads the world, compares, acts through the functions
  of World and keeps what it has to remember in `obj.state` (any value of its own). It never keeps state in its module.
* `Controller.kind` is the kind whose objects it syncs: it is woken when one of them is added, changed or deleted,
  and, for the kinds in `owns`, when a child changes (`child_delay` seconds later, where the upstream controller
  batches). `watches` and `on_change` are for everything else. `adopts`: a pod without an owner wakes the objects of
  the kind whose selector matches it, which may adopt it (`adopt`).
* `Controller.final` says what the object's last line of the timeline holds.
* It is registered in controllers.py.

What a sync can do: `create_pod`, `create`, `delete`, `patch_spec`, `release` (take a finalizer off), `adopt`, `event`,
`failed_create`; a change of an object's own state that others look at is announced with `changed(obj)`.
A create can be refused by admission: it raises `Refused`. After an error a controller comes back later and later:
`return world.retry(name, key, now)`; `world.forget(name, key)` after success.

All lists come in order of creation. Nothing here is copied: specs are shared between an object and the template it
comes from and must not be changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from kubetrial.lint.api import defaults
from kubetrial.lint.facts import selectors
from kubetrial.lint.trial import admission, changes
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.kernel import MOST_OBJECTS, Exhausted, Kernel, Key
from kubetrial.lint.trial.objects import (
    CLUSTER_SCOPED,
    TIMELINE_KINDS,
    Change,
    StoredNode,
    StoredObject,
    StoredPod,
)
from kubetrial.lint.trial.timeline import Cause, Path, Timeline, TimelineEvent
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.trial.scenario import Scenario

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Controller:
    """A controller: its function, and what wakes it."""

    name: str
    sync: Callable[[World, Any, float], float | None]
    kind: str | None = None
    owns: tuple[str, ...] = ()
    child_delay: float | Callable[[StoredObject], float] = 0.0
    self_delay: float = 0.0
    adopts: bool = False
    watches: tuple[str, ...] = ()
    on_change: Callable[[World, StoredObject, Change], None] | None = None
    start: Callable[[World], None] | None = None
    final: Callable[[World, Any], dict[str, Any]] | None = None
    describes: str | None = None
    """The kind that `final` is for, where it is not `kind`."""


class World:
    """All objects of a trial, the queue, and the timeline that is being written."""

    __slots__ = (
        "_answered",
        "_by_kind",
        "_by_name",
        "_children",
        "_counters",
        "_failures",
        "_kept",
        "_objects",
        "_on_node",
        "_once",
        "_orphans",
        "_prefix",
        "_told",
        "_uid",
        "_wakes",
        "attempts",
        "controllers",
        "kernel",
        "nodes",
        "profile",
        "removed_nodes",
        "scenario",
        "show_nodes",
        "timeline",
    )

    def __init__(self, scenario: Scenario, controllers: Sequence[Controller], kernel: Kernel) -> None:
        self.scenario = scenario
        self.kernel = kernel
        self.timeline = Timeline()
        self.controllers = controllers
        self.nodes: dict[str, StoredNode] = {}
        self.attempts: dict[tuple[Any, ...], int] = {}
        self.removed_nodes: set[str] = set()
        self._orphans: dict[int, StoredObject] = {}
        self._kept: dict[Callable[[], Any], Any] = {}
        self.show_nodes = any(
            a.verb.startswith("node") or a.verb in ("cordon", "uncordon", "drain", "memoryPressure")
            for a in scenario.actions
        )
        self.profile = scenario.profile
        self._objects: dict[int, StoredObject] = {}
        self._by_kind: dict[str, dict[int, StoredObject]] = {}
        self._by_name: dict[tuple[str, str, str], StoredObject] = {}
        self._children: dict[int, dict[int, StoredObject]] = {}
        self._on_node: dict[str, dict[int, StoredPod]] = {}
        self._counters: dict[tuple[Any, ...], int] = {}
        self._failures: dict[tuple[str, Key], int] = {}
        self._told: dict[tuple[str, Key], int] = {}
        self._answered: set[tuple[str, Key]] = set()
        self._once: set[tuple[int, str, str]] = set()
        self._prefix = False
        self._uid = 0
        self._wakes: dict[str, list[Callable[[StoredObject, Change], None]]] = {}
        for controller in controllers:
            self._connect(controller)

    # ------------------------------------------------------------------ what wakes whom

    def _connect(self, controller: Controller) -> None:
        name, kernel = controller.name, self.kernel

        def sync(
            key: Key, now: float, run: Callable[[World, Any, float], float | None] = controller.sync
        ) -> float | None:
            return run(self, key, now)

        kernel.register(name, sync)
        if controller.kind is not None:

            def wake_self(obj: StoredObject, change: Change) -> None:
                kernel.wake(name, obj.uid, kernel.now + controller.self_delay)
                self._answered.add((name, obj.uid))

            self._wakes.setdefault(controller.kind, []).append(wake_self)
        for child in controller.owns:

            def wake_owner(obj: StoredObject, change: Change, kind: str | None = controller.kind) -> None:
                delay = controller.child_delay
                if obj.owner is not None:
                    if obj.owner.kind == kind:
                        at = kernel.now + (delay(obj) if callable(delay) else delay)
                        kernel.wake(name, obj.owner.uid, at)
                        if change == "changed" and not delay:
                            mark = (name, obj.owner.uid)
                            self._told[mark] = self._told.get(mark, 0) + 1
                elif controller.adopts and kind is not None and change != "deleted":
                    for one in self.all(kind, obj.namespace):
                        selector = one.spec.get("selector")
                        if selector is None or selectors.matches(selector, obj.labels):
                            kernel.wake(name, one.uid, kernel.now + (delay(obj) if callable(delay) else delay))

            self._wakes.setdefault(child, []).append(wake_owner)
        if controller.on_change is not None:
            tell = controller.on_change
            for kind in controller.watches:
                self._wakes.setdefault(kind, []).append(lambda obj, change, tell=tell: tell(self, obj, change))  # type: ignore[misc]

    def wake(self, controller: str, key: Key, at: float | None = None) -> None:
        """Ask for a round of a controller, now or at a moment."""
        self.kernel.wake(controller, key, self.kernel.now if at is None else at)

    def changed(self, obj: StoredObject, change: Change = "changed") -> None:
        """Tell everybody who watches that an object has changed."""
        for wake in self._wakes.get(obj.kind, ()):
            wake(obj, change)

    @property
    def now(self) -> float:
        """The second."""
        return self.kernel.now

    def clock(self, second: float) -> float:
        """The clock time (seconds since 1970) at a second of the trial."""
        return self.scenario.start + second

    # ------------------------------------------------------------------ looking

    def get(self, uid: Key) -> Any:
        """The object with this uid, or None when it is gone."""
        return self._objects.get(uid)  # type: ignore[arg-type]

    def find(self, kind: str, namespace: str, name: str) -> Any:
        """The object of this name, or None."""
        return self._by_name.get((kind, "" if kind in CLUSTER_SCOPED else namespace, name))

    def all(self, kind: str, namespace: str | None = None) -> list[Any]:
        """All objects of a kind (of one namespace)."""
        found = self._by_kind.get(kind)
        if not found:
            return []
        return [o for o in found.values() if namespace is None or o.namespace == namespace]

    def children(self, owner: StoredObject, kind: str | None = None) -> list[Any]:
        """What an object controls (of one kind)."""
        found = self._children.get(owner.uid)
        if not found:
            return []
        return list(found.values()) if kind is None else [o for o in found.values() if o.kind == kind]

    def orphans(self, namespace: str) -> list[StoredPod]:
        """Pods of a namespace that nobody controls, which a controller may adopt."""
        return [
            p
            for p in self._orphans.values()
            if isinstance(p, StoredPod) and p.owner is None and p.namespace == namespace
        ]

    def kept(self, make: Callable[[], T]) -> T:
        """What a controller keeps in this world beside the state of its objects: what `make` gives, made when it is first asked for."""
        if make not in self._kept:
            self._kept[make] = make()
        return self._kept[make]  # type: ignore[no-any-return]

    def pods_on(self, node: str) -> list[StoredPod]:
        """The pods that a node was given, finished ones too."""
        found = self._on_node.get(node)
        return list(found.values()) if found else []

    def by_subject(self, kind: str, subject: str) -> Any:
        """The newest object of a kind with this subject of the timeline, or None."""
        found = [o for o in self._by_kind.get(kind, {}).values() if o.subject == subject]
        return found[-1] if found else None

    def count(self, *what: Any) -> int:
        """The next number (from 1) of a series, for names in order of creation."""
        n = self._counters[what] = self._counters.get(what, 0) + 1
        return n

    @staticmethod
    def root(obj: StoredObject) -> StoredObject:
        """The topmost owner: the object that a person applied."""
        while obj.owner is not None:
            obj = obj.owner
        return obj

    # ------------------------------------------------------------------ the timeline

    def event(
        self,
        obj: StoredObject,
        event: str,
        detail: Mapping[str, Any] | None = None,
        *,
        cause: Cause | None = None,
        message: str = "",
    ) -> None:
        """Write an event of an object (of a kind that the timeline speaks of)."""
        kind = TIMELINE_KINDS.get(obj.kind)
        if kind is not None:
            self.timeline.add(TimelineEvent(self.kernel.now, kind, obj.subject, event, detail or {}, cause, message))

    def event_once(
        self,
        obj: StoredObject,
        event: str,
        detail: Mapping[str, Any] | None = None,
        *,
        cause: Cause | None = None,
        message: str = "",
    ) -> None:
        """Write an event of an object the first time it happens for a reason; later ones say nothing new."""
        mark = (obj.uid, event, str((detail or {}).get("reason", "")))
        if mark not in self._once:
            self._once.add(mark)
            self.event(obj, event, detail, cause=cause, message=message)

    def failed_create(self, owner: StoredObject, refused: AdmissionRefused) -> None:
        """Write that admission refused what a controller wanted to create."""
        template = {"CronJob": "jobTemplate", "PersistentVolumeClaim": "volumeClaimTemplates"}.get(
            owner.kind, "template"
        )
        cause = owner.cause(*refused.path) if refused.path else owner.cause(template)
        event = "ReplicaSetCreateError" if owner.kind == "Deployment" else "FailedCreate"
        self.event_once(owner, event, {"reason": refused.reason}, cause=cause, message=refused.message)

    # ------------------------------------------------------------------ errors

    def retry(self, controller: str, key: Key, now: float, base: float = 0.005, limit: float = 1000.0) -> float:
        """The moment to try again after an error: `base` seconds, doubled with each failure in a row, as the default
        rate limiter does. Children that changed at one moment here do so one after another upstream: each is a round
        that fails, and so is each change of the status that answers it.
        """
        rounds = max(self._told.pop((controller, key), 0), 1)
        if rounds > 1 and (controller, key) in self._answered:
            self._told[(controller, key)] = rounds
        self._answered.discard((controller, key))
        n = self._failures.get((controller, key), 0) + rounds
        self._failures[(controller, key)] = n
        return now + min(base * 2.0 ** min(n - 1, 40), limit)

    def forget(self, controller: str, key: Key) -> None:
        """A success: the next failure counts as the first."""
        self._failures.pop((controller, key), None)
        self._told.pop((controller, key), None)

    # ------------------------------------------------------------------ creating

    def create_pod(
        self,
        owner: StoredObject,
        *,
        name: str | None = None,
        target: str | None = None,
        index: int | None = None,
        revision: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        finalizers: Iterable[str] = (),
        template: Mapping[str, Any] | None = None,
        spec: dict[str, Any] | None = None,
    ) -> StoredPod:
        """Create a pod from the owner's template (another `template`, another `spec` if given). Raises Refused.

        `name` only where it is not generated; `labels` and `annotations` are added to the template's.
        """
        template = owner.spec["template"] if template is None else template
        metadata = template.get("metadata") or {}
        uid = self.next_uid()
        pod = StoredPod(owner.namespace, name or f"{owner.name}-{uid}", uid, template["spec"] if spec is None else spec)
        pod.target, pod.index, pod.revision = target, index, revision
        pod.labels = {**(metadata.get("labels") or {}), **labels} if labels else metadata.get("labels") or {}
        pod.annotations = (
            {**(metadata.get("annotations") or {}), **annotations} if annotations else metadata.get("annotations") or {}
        )
        pod.finalizers.update(finalizers)
        pod.owner, pod.source, pod.path = owner, owner.source, (*owner.path, "template", "spec")
        admission.admit(self, pod)  # before a subject is counted: what was refused has none
        of_set = name is not None and owner.kind == "StatefulSet"
        pod.subject = self._named(pod) if of_set else self._pod_subject(pod)
        self._store(pod)
        return pod

    def _pod_subject(self, pod: StoredPod) -> str:
        owner = pod.owner
        assert owner is not None
        if owner.kind == "DaemonSet":
            return f"{owner.subject}/{pod.target}/pod-{self.count(owner.uid, pod.target)}"
        if owner.kind == "Job" and pod.index is not None:
            return f"{owner.subject}/index-{pod.index}/try-{self.count(owner.uid, pod.index)}"
        return f"{owner.subject}/pod-{self.count(owner.uid)}"

    def create(
        self,
        kind: str,
        owner: StoredObject | None,
        name: str,
        spec: Mapping[str, Any],
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        path: Path = (),
        controller: bool = True,
        defaulted: bool = False,
    ) -> StoredObject:
        """Create an object that a controller makes. Raises Refused.

        `path` is where its spec stands below the owner's spec.
        With `controller=False` the owner is only remembered for its place, not as the controlling owner; with
        `defaulted` the spec comes from a template whose defaults are filled in, and is shared.
        """
        ns = namespace if namespace is not None else (owner.namespace if owner is not None else "default")
        obj = StoredObject(
            kind,
            "" if kind in CLUSTER_SCOPED else ns,
            name,
            self.next_uid(),
            dict(spec) if defaulted else defaults.spec(kind, spec),
        )
        obj.labels, obj.annotations = labels or {}, annotations or {}
        if owner is not None:
            obj.source, obj.path = owner.source, (*owner.path, *path)
            if controller:
                obj.owner = owner
        admission.admit(self, obj)
        if owner is not None and controller and kind in ("Job", "ReplicaSet"):
            obj.subject = f"{owner.subject}/{'run' if kind == 'Job' else 'rev'}-{self.count(owner.uid, kind)}"
        else:
            obj.subject = self._named(obj)
        self._store(obj)
        return obj

    def apply(self, manifest: Mapping[str, Any], source: int | None = None) -> StoredObject | None:
        """What `kubectl apply` does: create the object, or change the spec of the one that exists. Raises Refused."""
        kind = manifest.get("kind")
        metadata = manifest.get("metadata") or {}
        name = metadata.get("name") or metadata.get("generateName")
        if not isinstance(kind, str) or not isinstance(name, str):
            return None
        namespace = "" if kind in CLUSTER_SCOPED else str(metadata.get("namespace") or "default")
        written = manifest.get("spec")  # of a kind without a schema it may be anything
        spec = defaults.spec(kind, written if isinstance(written, dict) else {})
        old = self.find(kind, namespace, name)
        if old is not None:
            field = changes.fixed(old, spec)
            if field:
                raise AdmissionRefused("invalid", f"{field} cannot be changed on an existing {kind}")
            old.manifest = manifest
            old.labels = metadata.get("labels") or {}
            if kind != "Pod" and spec != old.spec:
                self._new_spec(old, spec)
            self.changed(old)
            return old  # type: ignore[no-any-return]
        uid = self.next_uid()
        obj = StoredPod(namespace, name, uid, spec) if kind == "Pod" else StoredObject(kind, namespace, name, uid, spec)
        obj.manifest, obj.source = manifest, source
        obj.labels, obj.annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
        obj.finalizers.update(metadata.get("finalizers") or ())
        obj.subject = self._named(obj)
        admission.admit(self, obj)
        self._store(obj)
        return obj

    def prefix_subjects(self) -> None:
        """Put the namespace before the subjects of objects: they come from several."""
        self._prefix = True

    def _named(self, obj: StoredObject) -> str:
        """The subject of an object that a timeline calls by its name."""
        return f"{obj.namespace}/{obj.name}" if self._prefix and obj.namespace else obj.name

    def next_uid(self) -> int:
        """A number that no object has had; raises Exhausted where there were more of them than a trial follows."""
        self._uid += 1
        if self._uid > MOST_OBJECTS:
            raise Exhausted
        return self._uid

    def _store(self, obj: StoredObject) -> None:
        obj.created = self.kernel.now
        self._objects[obj.uid] = obj
        self._by_kind.setdefault(obj.kind, {})[obj.uid] = obj
        self._by_name[(obj.kind, obj.namespace, obj.name)] = obj
        if obj.owner is not None:
            self._children.setdefault(obj.owner.uid, {})[obj.uid] = obj
        elif obj.kind == "Pod":
            self._orphans[obj.uid] = obj
        self.event(obj, "created")
        if isinstance(obj, StoredPod) and obj.spec.get("nodeName"):
            self.bind(obj, str(obj.spec["nodeName"]))
        self.changed(obj, "added")

    def add_node(self, node: StoredNode) -> None:
        """A node joins."""
        self.nodes[node.name] = node
        self._store(node)

    def remove_node(self, node: StoredNode) -> None:
        """A node's object is deleted; its pods stay, and its agent does not know."""
        del self.nodes[node.name]
        self.removed_nodes.add(node.name)
        self._remove(node)

    # ------------------------------------------------------------------ changing

    def bind(self, pod: StoredPod, node: str) -> None:
        """Give a pod to a node."""
        pod.node, pod.unschedulable = node, ""
        self._on_node.setdefault(node, {})[pod.uid] = pod
        self.event(pod, "scheduled")
        self.changed(pod)

    def adopt(self, owner: StoredObject, child: StoredObject) -> None:
        """Make an object the controlling owner of one that has none."""
        child.owner = owner
        self._orphans.pop(child.uid, None)
        self._children.setdefault(owner.uid, {})[child.uid] = child
        self.changed(child)

    def orphan(self, child: StoredObject) -> None:
        """Take the controlling owner away (the labels no longer match)."""
        if child.owner is not None:
            self._children.get(child.owner.uid, {}).pop(child.uid, None)
            child.owner = None
            if child.kind == "Pod":
                self._orphans[child.uid] = child
            self.changed(child)

    def patch_spec(self, obj: StoredObject, patch: Mapping[str, Any]) -> None:
        """Apply a JSON merge patch to a spec (null takes a field away, and its default comes back)."""
        self._new_spec(obj, defaults.spec(obj.kind, merge(obj.spec, patch)))

    def fixed(self, obj: StoredObject, patch: Mapping[str, Any]) -> str:
        """The field for which the API server would refuse a JSON merge patch to an object, or ""."""
        spec = patch.get("spec")
        return changes.fixed(obj, defaults.spec(obj.kind, merge(obj.spec, spec))) if spec else ""

    def patch(self, obj: StoredObject, patch: Mapping[str, Any]) -> None:
        """Apply a JSON merge patch to a whole object: metadata.labels, spec, or the data of a ConfigMap or Secret."""
        metadata = patch.get("metadata") or {}
        if "labels" in metadata:
            obj.labels = merge(obj.labels, metadata["labels"] or {})
        if "annotations" in metadata:
            obj.annotations = merge(obj.annotations, metadata["annotations"] or {})
        obj.manifest = merge(obj.manifest, patch)
        if patch.get("spec"):
            self.patch_spec(obj, patch["spec"])
        else:
            self.changed(obj)

    def _new_spec(self, obj: StoredObject, spec: dict[str, Any]) -> None:
        if spec == obj.spec:
            return
        was = obj.spec
        obj.spec = spec
        obj.generation += 1
        if obj.kind in ("CronJob",) and bool(was.get("suspend")) != bool(spec.get("suspend")):
            self.event(obj, "suspended" if spec.get("suspend") else "resumed")
        self.changed(obj)

    # ------------------------------------------------------------------ deleting

    def delete(self, obj: StoredObject, grace: float | None = None, propagation: str = "Background") -> None:
        """Delete an object; what it controls follows ("Foreground": the object waits for it; "Orphan": it stays).

        A pod on a node gets its grace period (`grace`, or what its spec says) and the node agent ends it; one that
        was given to no node, or has ended, goes at once. Finalizers keep the object until they are released.
        """
        if obj.uid not in self._objects:
            return
        if isinstance(obj, StoredPod):
            self._delete_pod(obj, grace)
            return
        if obj.deleting is not None:
            return
        dependants = [] if propagation == "Orphan" else [
            c for c in self.children(obj) if not (propagation == "Foreground" and c.deleting is not None)
        ]  # fmt: skip
        if propagation == "Foreground":
            obj.finalizers.add("foregroundDeletion")
        if obj.finalizers:
            obj.deleting = self.kernel.now
            self.event(obj, "terminating")
            self.changed(obj)
            if propagation == "Foreground":
                for child in dependants:
                    self.delete(child, propagation="Foreground" if child.kind != "Pod" else "Background")
                self._foreground_done(obj)
            return
        if propagation == "Orphan":
            for child in self.children(obj):
                self.orphan(child)
        self._remove(obj)

    def _delete_pod(self, pod: StoredPod, grace: float | None) -> None:
        if grace is None:
            grace = float(pod.spec.get("terminationGracePeriodSeconds", 30))
        if pod.node is None or pod.terminal:
            grace = 0.0
        if pod.deleting is None:
            pod.deleting, pod.grace = self.kernel.now, grace
            self.event(pod, "terminating")
            self.changed(pod)
        elif pod.grace is not None and grace < pod.grace:
            pod.grace = grace
        if grace <= 0:
            self.removable(pod)

    def removable(self, pod: StoredPod) -> None:
        """No node agent needs a pod that is being deleted any more: it goes, unless a finalizer holds it."""
        pod.grace = 0.0
        if not pod.finalizers:
            self._remove(pod)
        else:
            self.changed(pod)

    def release(self, obj: StoredObject, finalizer: str) -> None:
        """Take a finalizer off; an object that waited for it to be deleted goes now."""
        if finalizer not in obj.finalizers:
            return
        obj.finalizers.discard(finalizer)
        if obj.deleting is not None and not obj.finalizers and (not isinstance(obj, StoredPod) or obj.grace == 0):
            self._remove(obj)

    def _foreground_done(self, obj: StoredObject) -> None:
        if "foregroundDeletion" in obj.finalizers and not self.children(obj):
            self.release(obj, "foregroundDeletion")

    def _remove(self, obj: StoredObject) -> None:
        if self._objects.pop(obj.uid, None) is None:
            return
        self._by_kind[obj.kind].pop(obj.uid, None)
        if self._by_name.get((obj.kind, obj.namespace, obj.name)) is obj:
            del self._by_name[(obj.kind, obj.namespace, obj.name)]
        if isinstance(obj, StoredPod):
            if obj.node is not None:
                self._on_node.get(obj.node, {}).pop(obj.uid, None)
            self._orphans.pop(obj.uid, None)
        self.event(obj, "deleted")
        owner = obj.owner
        if owner is not None:
            self._children.get(owner.uid, {}).pop(obj.uid, None)
        self.changed(obj, "deleted")
        for child in self.children(obj):
            self.delete(child)
        if owner is not None and owner.deleting is not None:
            self._foreground_done(owner)


def merge(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON merge patch (RFC 7396); neither input is changed."""
    out = dict(base)
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping):
            old = out.get(key)
            out[key] = merge(old if isinstance(old, Mapping) else {}, value)
        else:
            out[key] = value
    return out


def tell_of_node(world: World, name: str, event: str) -> None:
    """Write an event of a node, where the scenario acts on nodes."""
    if world.show_nodes:
        world.timeline.add(TimelineEvent(world.now, "node", name, event))
