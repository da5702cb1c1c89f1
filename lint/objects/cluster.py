"""All objects together, as one cluster would hold them: the index that rules across objects ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from kubetrial.lint.facts import selectors
from kubetrial.lint.objects.views import LabelSelector, Object, Service, StatefulSet, Workload
from kubetrial.lint.values.records import dataclass, field
from kubetrial.lint.yaml.node import Node

O = TypeVar("O", bound=Object)  # noqa: E741
T = TypeVar("T")


@dataclass(slots=True)
class Cluster:
    """The objects of a run, indexed once; every question is answered in the time of its answer.

    `complete` says whether the whole set is known (a folder, standard input, or by configuration): a rule of the kind
    "nothing matches" is silent where it is not. `closed_world` says that the user ruled out that anything else exists, so what
    is not here is missing, and nobody has to guess. `reported` are the files that findings may stand on; the others are context.
    """

    objects: list[Object]
    _minor: int
    complete: bool = False
    reported: frozenset[str] = frozenset()
    external: tuple[str, ...] = ()  # kind/name patterns of what exists outside of the set
    profile: Mapping[str, Any] = field(default_factory=dict)
    kustomizations: Any = None  # kustomize.Kustomizations, where the set has any
    unread: frozenset[str] = frozenset()  # files of the set that nobody can look into: templates, broken YAML
    closed_world: bool = False
    asked: int = 0
    left: dict[str, int] = field(default_factory=dict)  # what rules did not look at, and how often, for the summary
    _by_kind: dict[tuple[str, str], list[Object]] = field(default_factory=dict)
    _by_name: dict[tuple[str, str, str, str], Object] = field(default_factory=dict)
    _named: dict[tuple[str, str, str], list[Object]] = field(default_factory=dict)
    _in_folder: dict[str, dict[tuple[str, str], list[Object]]] | None = None
    _by_view: dict[type[Object], list[Any]] = field(default_factory=dict)
    _by_place: dict[type[Object], dict[str, list[Any]]] = field(default_factory=dict)
    _custom_texts: dict[str, set[str]] | None = None
    _custom_names: dict[str, list[Object]] | None = None
    _maker_folders: set[str] = field(default_factory=set)
    _claims: dict[str, frozenset[str]] | None = None
    _by_label: dict[tuple[str, str, Any], list[Workload]] = field(default_factory=dict)
    _chosen: dict[tuple[frozenset[tuple[str, Any]], str], list[Workload]] = field(default_factory=dict)
    _choosers: dict[tuple[type[Object], str], Choosers[Any]] = field(default_factory=dict)
    _templates: dict[tuple[str, str], tuple[StatefulSet, Node]] | None = None
    _once: dict[Callable[[Cluster], Any], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the indexes: linear in the number of objects."""
        for obj in self.objects:
            self._by_kind.setdefault((obj.group, obj.kind), []).append(obj)
            self._by_name.setdefault((obj.group, obj.kind, obj.namespace or "default", obj.name), obj)
            self._named.setdefault((obj.group, obj.kind, obj.name), []).append(obj)
            if isinstance(obj, Workload):
                for label in obj.pod.labels.items():
                    key, value = label[0], label[1] or ""  # null is an empty text
                    if value.__class__ is not str:
                        continue  # refused by the schema; it selects nothing
                    self._by_label.setdefault((obj.namespace or "default", key, value), []).append(obj)
                    self._by_label.setdefault(("", key, value), []).append(obj)

    @property
    def minor(self) -> int:
        """The minor of Kubernetes that judges; who asks may be told something else in another one, which `asked` counts."""
        self.asked += 1
        return self._minor

    def leave(self, what: str, count: int = 1) -> None:
        """Count something that a rule does not look at, because there is too much of it."""
        self.left[what] = self.left.get(what, 0) + count

    def all(self, cls: type[O]) -> list[O]:
        """All objects of a view, such as `cluster.all(Service)`."""
        found = self._by_view.get(cls)
        if found is None:
            of_class = self.once(_by_class)
            meant = [one for one in of_class if issubclass(one, cls)]
            if len(meant) < 2:
                found = self._by_view[cls] = list(of_class[meant[0]]) if meant else []
            else:
                found = self._by_view[cls] = [obj for obj in self.objects if isinstance(obj, cls)]
        return found

    def beside(self, obj: Object, cls: type[O]) -> list[O]:
        """All objects of a view in the namespace of an object."""
        return self.in_namespace(cls, obj.namespace)

    def in_namespace(self, cls: type[O], namespace: str) -> list[O]:
        """All objects of a view in a namespace."""
        index = self._by_place.get(cls)
        if index is None:
            index = self._by_place[cls] = {}
            for other in self.all(cls):
                index.setdefault(other.namespace or "default", []).append(other)
        return index.get(namespace or "default", [])

    def kind(self, group: str, kind: str) -> list[Object]:
        """All objects of a group and kind, whatever their version."""
        return self._by_kind.get((group, kind), [])

    def kinds(self) -> Iterable[tuple[str, str]]:
        """The group and kind of everything in the set."""
        return self._by_kind

    def get(self, group: str, kind: str, namespace: str, name: str) -> Object | None:
        """One object; the namespace `default` where none is written, and of cluster-scoped kinds."""
        return self._by_name.get((group, kind, namespace or "default", name))

    def named(self, group: str, kind: str, name: str) -> list[Object]:
        """All objects of a name, in every namespace: variants of one object are several."""
        return self._named.get((group, kind, name), [])

    def in_folder(self, folder: str) -> Mapping[tuple[str, str], list[Object]]:
        """All objects whose files stand in a folder (not below it), by group and kind."""
        if self._in_folder is None:
            self._in_folder = {}
            for obj in self.objects:
                self._in_folder.setdefault(folder_of(obj), {}).setdefault((obj.group, obj.kind), []).append(obj)
        return self._in_folder.get(folder, {})

    def namespaces(self, obj: Object) -> frozenset[str] | None:
        """Where an object is applied: the namespaces of its kustomizations, or its own; None where nothing says it."""
        if self.kustomizations is not None:
            found: frozenset[str] = self.kustomizations.facts(obj.document.file).namespaces
            if found:
                return found
        return frozenset((obj.namespace,)) if obj.namespace else None

    def selected_by(self, selector: Mapping[str, Any], namespace: str) -> list[Workload]:
        """The workloads of a namespace whose pods carry all the labels of a plain, non-empty selector.

        The same list for the same question: do not change it.
        """
        return self._with_all(selector, namespace or "default") if selector else []

    def _with_all(self, labels: Mapping[str, Any], space: str) -> list[Workload]:
        """The workloads with all of some labels in a namespace ("": in any)."""
        key = (frozenset(labels.items()), space)
        found = self._chosen.get(key)
        if found is None:
            options = [self._by_label.get((space, key, value or ""), []) for key, value in labels.items()]
            candidates = min(options, key=len)
            found = self._chosen[key] = [w for w in candidates if selectors.matches_all(labels, w.pod.labels)]
        return found

    def with_labels(self, labels: Mapping[str, Any], near: Object) -> list[Workload]:
        """The workloads with all the labels that may stand in the namespace of an object: where one names none, any may do."""
        spaces = [near.namespace] if near.namespace in ("", "default") else [near.namespace, "default"]
        if not labels:
            return [
                w for space in spaces for w in (self.in_namespace(Workload, space) if space else self.all(Workload))
            ]
        if any(value.__class__ is not str for value in labels.values()):
            return []
        return [w for space in spaces for w in self._with_all(labels, space)]

    def choosing(self, cls: type[O], labels: Mapping[str, Any], namespace: str, *path: str) -> Iterator[O]:
        """The objects of a view and namespace whose selector (it stands at the path) chooses pods with these labels."""
        namespace = namespace or "default"
        index = self._choosers.get((cls, namespace))
        if index is None:
            objects = self.in_namespace(cls, namespace)
            index = Choosers((obj, obj.view(LabelSelector, *path)) for obj in objects)
            self._choosers[cls, namespace] = index
        return index.of(labels)

    def claims_of(self, namespace: str) -> frozenset[str]:
        """The names of the claims that pods of a namespace mount."""
        if self._claims is None:
            found: dict[str, set[str]] = {}
            for workload in self.all(Workload):
                names = found.setdefault(workload.namespace or "default", set())
                for volume in workload.pod["volumes"].items():
                    name = volume["persistentVolumeClaim"].get("claimName")
                    if isinstance(name, str):
                        names.add(name)
            self._claims = {key: frozenset(names) for key, names in found.items()}
        return self._claims.get(namespace, frozenset())

    def services_for(self, labels: Mapping[str, Any], namespace: str) -> Iterator[Service]:
        """The Services of a namespace whose selector chooses pods with these labels; one without selector chooses none."""
        namespace = namespace or "default"
        index = self._choosers.get((Service, namespace))
        if index is None:
            choosing = [s for s in self.in_namespace(Service, namespace) if s["spec"]["selector"].mapping()]
            index = self._choosers[Service, namespace] = Choosers((s, s.selector) for s in choosing)
        return index.of(labels)

    def claim_template(self, stem: str, namespace: str) -> tuple[StatefulSet, Node] | None:
        """The StatefulSet of a namespace that makes claims called `<stem>-<ordinal>`, and its template for them."""
        if self._templates is None:
            self._templates = {}
            for statefulset in self.all(StatefulSet):
                for template in statefulset.spec["volumeClaimTemplates"].items():
                    made = f"{template['metadata'].get('name')}-{statefulset.name}"
                    for space in (statefulset.namespace or "default", ""):
                        self._templates.setdefault((space, made), (statefulset, template))
        return self._templates.get((namespace, stem))

    def has_volume_of(self, storage_class: str) -> bool:
        """Whether a PersistentVolume of the set names a class: then the class itself need not exist."""
        return storage_class in self.once(_classes_of_volumes)

    def once(self, work: Callable[[Cluster], T]) -> T:
        """What a function gives for this cluster, worked out when it is first asked for: an index of objects, or a table to fill."""
        if work not in self._once:
            self._once[work] = work(self)
        return self._once[work]  # type: ignore[no-any-return]

    def is_referenced(self, obj: Object) -> bool:
        """Whether a custom resource of the namespace names the object in any of its texts: it may use it in its own way."""
        return self.is_mentioned(obj.name, obj.namespace)

    def is_mentioned(self, name: str, namespace: str) -> bool:
        """Whether a custom resource of a namespace holds a name as one of its texts: it may make the object, or use it."""
        if self._custom_texts is None:
            self._custom_texts = {}
            for other in self.objects:
                if _is_custom(other) and other.kind not in _LOOKERS:
                    self._custom_texts.setdefault(other.namespace or "default", set()).update(_texts(other.value))
        return name in self._custom_texts.get(namespace or "default", ())

    def custom_makers(self, name: str) -> list[Object]:
        """Custom resources whose operators may make an object of this name: `kafka` may make `kafka-bootstrap`."""
        if self._custom_names is None:
            self._index_customs()
        assert self._custom_names is not None
        if not self._custom_names:
            return []
        words = name.split("-")
        return [obj for n in range(len(words)) for obj in self._custom_names.get("-".join(words[: n + 1]), ())]

    def has_makers(self, folder: str) -> bool:
        """Whether a folder holds custom resources of which operators make other objects."""
        if self._custom_names is None:
            self._index_customs()
        return folder in self._maker_folders

    def _index_customs(self) -> None:
        self._custom_names = {}
        for obj in self.objects:
            if _is_custom(obj) and obj.kind not in _LOOKERS:
                self._custom_names.setdefault(obj.name, []).append(obj)
                self._maker_folders.add(folder_of(obj))

    def exists_outside(self, kind: str, name: str) -> bool:
        """Whether the configuration says that such an object exists outside of the set (`external`: kind/name patterns)."""
        if not self.external:
            return False
        from fnmatch import fnmatchcase

        return any(fnmatchcase(f"{kind}/{name}".lower(), pattern.lower()) for pattern in self.external)

    def is_rewritten(self, *objects: Object) -> bool:
        """Whether a kustomization of the set changes one of the objects before it is applied: labels, patches, a namespace."""
        if self.kustomizations is None:
            return False
        for obj in objects:
            facts = self.kustomizations.facts(obj.document.file)
            if facts.changed or facts.renamed or facts.namespaces or facts.variables:
                return True
        return False

    def is_partial(self, obj: Node) -> bool:
        """Whether an object is only a part of a workload, such as a patch that no kustomization of the set names.

        It has no container with an image. What such pods would do cannot be told.
        """
        if not isinstance(obj, Workload) or obj.kind == "PodTemplate":
            return False
        return not obj.has_image

    def is_reported(self, obj: Object) -> bool:
        """Whether findings on the object are shown."""
        return obj.document.file in self.reported


class Choosers(Generic[O]):
    """Objects with selectors, to be found by the labels that they choose: one condition of each selector is its place in
    an index, so that of many objects only those are looked at that may match.
    """

    __slots__ = ("_by_key", "_by_label", "_others")

    def __init__(self, choosers: Iterable[tuple[O, LabelSelector]]) -> None:
        self._by_label: dict[tuple[str, str], list[tuple[int, O, LabelSelector]]] = {}
        self._by_key: dict[str, list[tuple[int, O, LabelSelector]]] = {}
        self._others: list[tuple[int, O, LabelSelector]] = []
        for number, (obj, selector) in enumerate(choosers):
            entry = (number, obj, selector)
            key, values = _condition(selector)
            if key is None:
                self._others.append(entry)
            elif values is None:
                self._by_key.setdefault(key, []).append(entry)
            else:
                for value in values:
                    self._by_label.setdefault((key, value), []).append(entry)

    def of(self, labels: Mapping[str, Any]) -> Iterator[O]:
        """The objects whose selectors choose such labels, in their order."""
        places = [self._others]
        for key, value in labels.items():
            places.append(self._by_key.get(key, []))
            if value is None or value.__class__ is str:
                places.append(self._by_label.get((key, value or ""), []))
        places = [place for place in places if place]
        if len(places) > 1:
            from heapq import merge

            return (obj for _, obj, selector in merge(*places) if selector.matches(labels))
        return (obj for place in places for _, obj, selector in place if selector.matches(labels))


def _by_class(cluster: Cluster) -> dict[type[Object], list[Object]]:
    """The exact class of views -> its objects."""
    found: dict[type[Object], list[Object]] = {}
    for obj in cluster.objects:
        found.setdefault(obj.__class__, []).append(obj)
    return found


def _condition(selector: LabelSelector) -> tuple[str | None, set[str] | None]:
    """A label key that a selector needs, and the values that it may have (None: any); no key where it needs none."""
    labels, expressions = selector.get("matchLabels"), selector.get("matchExpressions")
    for key, value in labels.items() if labels.__class__ is dict else ():
        return key, {value} if value and value.__class__ is str else None
    for item in expressions if expressions.__class__ is list else ():
        key, values = (item.get("key"), item.get("values")) if item.__class__ is dict else (None, None)
        if key.__class__ is str and item.get("operator") in ("In", "Exists"):
            if item["operator"] == "In" and isinstance(values, list) and all(v.__class__ is str for v in values):
                return key, set(values)
            return key, None
    return None, None


_BUILT_IN = frozenset(
    (
        "", "apps", "batch", "autoscaling", "policy", "extensions", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "apiregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io",
        "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io",
        "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
    )
)  # fmt: skip


_LOOKERS = frozenset(
    (
        "ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe", "PodMonitoring", "ClusterPodMonitoring",
        "Gateway", "GatewayClass", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute", "ReferenceGrant",
        "VerticalPodAutoscaler", "ScaledObject", "TriggerAuthentication",
        "VirtualService", "DestinationRule", "AuthorizationPolicy", "PeerAuthentication",
        "IngressRoute", "Middleware", "BackendConfig", "FrontendConfig",
    )
)  # fmt: skip
"""Custom kinds that make none of the objects that they name."""


def folder_of(obj: Object) -> str:
    """The folder of an object's file; empty for the top."""
    return obj.document.file.rpartition("/")[0]


def _is_custom(obj: Object) -> bool:
    """Whether the object's group is not one of Kubernetes itself."""
    return obj.group not in _BUILT_IN


def _texts(value: Any) -> set[str]:
    """All texts in a value; iterative."""
    found, pending = set(), [value]
    while pending:
        top = pending.pop()
        if top.__class__ is str:
            found.add(top)
        elif top.__class__ is dict:
            pending.extend(top.values())
        elif top.__class__ is list:
            pending.extend(top)
    return found


def _classes_of_volumes(cluster: Cluster) -> set[str]:
    found = (volume["spec"].get("storageClassName") for volume in cluster.kind("", "PersistentVolume"))
    return {name for name in found if name.__class__ is str}
