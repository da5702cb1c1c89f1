"""All objects together, as one cluster would hold them: the index that rules across objects ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kubetrial.lint.kinds import Object, Workload
from kubetrial.lint.node import Node

O = TypeVar("O", bound=Object)  # noqa: E741


@dataclass(slots=True)
class Cluster:
    """The objects of a run, indexed once; every question is answered in the time of its answer.

    `complete` says whether the whole set is known (a folder, standard input, or by configuration): a rule of the kind
    "nothing matches" is silent where it is not. `closed` says that the user ruled out that anything else exists, so what
    is not here is missing, and nobody has to guess. `reported` are the files that findings may stand on; the others are context.
    """

    objects: list[Object]
    minor: int
    complete: bool = False
    reported: frozenset[str] = frozenset()
    external: tuple[str, ...] = ()  # kind/name patterns of what exists outside of the set
    profile: Mapping[str, Any] = field(default_factory=dict)
    kustomizations: Any = None  # kustomize.Kustomizations, where the set has any
    unread: frozenset[str] = frozenset()  # files of the set that nobody can look into: templates, broken YAML
    closed: bool = False
    memo: dict[str, Any] = field(default_factory=dict)  # what rules work out once for all objects, by their own names
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

    def __post_init__(self) -> None:
        """Build the indexes: linear in the number of objects."""
        for obj in self.objects:
            self._by_kind.setdefault((obj.group, obj.kind), []).append(obj)
            self._by_name.setdefault((obj.group, obj.kind, obj.namespace or "default", obj.name), obj)
            self._named.setdefault((obj.group, obj.kind, obj.name), []).append(obj)
            if isinstance(obj, Workload):
                for label in obj.pod.labels.items():
                    if label[1].__class__ is not str:
                        continue  # refused by the schema; it selects nothing
                    self._by_label.setdefault((obj.namespace or "default", *label), []).append(obj)
                    self._by_label.setdefault(("", *label), []).append(obj)

    def all(self, cls: type[O]) -> list[O]:
        """All objects of a view, such as `cluster.all(Service)`."""
        found = self._by_view.get(cls)
        if found is None:
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
        """The workloads of a namespace whose pods carry all the labels of a plain, non-empty selector."""
        if not selector:
            return []
        options = [self._by_label.get((namespace or "default", *label), []) for label in selector.items()]
        candidates = min(options, key=len)
        return [w for w in candidates if selector.items() <= w.pod.labels.items()]

    def with_labels(self, labels: Mapping[str, Any], near: Object) -> list[Workload]:
        """The workloads with all the labels that may stand in the namespace of an object: where one names none, any may do."""
        spaces = [near.namespace] if near.namespace in ("", "default") else [near.namespace, "default"]
        if not labels:
            return [
                w for space in spaces for w in (self.in_namespace(Workload, space) if space else self.all(Workload))
            ]
        if any(value.__class__ is not str for value in labels.values()):
            return []
        found: list[Workload] = []
        for space in spaces:
            options = [self._by_label.get((space, *label), []) for label in labels.items()]
            candidates = min(options, key=len)
            found.extend(w for w in candidates if labels.items() <= w.pod.labels.items())
        return found

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

    def is_changed(self, *objects: Object) -> bool:
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
        return not any(container.get("image") for container in obj.pod.all_containers())

    def is_reported(self, obj: Object) -> bool:
        """Whether findings on the object are shown."""
        return obj.document.file in self.reported


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
