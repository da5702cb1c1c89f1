"""What a reference from one object to another finds in the set: the object, one that was probably meant, or nothing.

`resolve` answers for any kind. A set is seldom all that a cluster holds: scripts, operators, Terraform and other repositories make
objects too, even where a whole folder is given. So that an object is not there says nothing by itself. It counts where the set shows
what was meant instead, or where the user has said that nothing else exists (`--closed-world`); and only where nothing of the set
could make it: no operator, generator, chart or template beside the object that refers to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import Any, Generic, TypeVar

from kubetrial.lint.facts import kinds
from kubetrial.lint.objects.cluster import Cluster, folder_of
from kubetrial.lint.objects.together import in_one_cluster, place
from kubetrial.lint.objects.views import LabelSelector, Object, Service, Workload
from kubetrial.lint.values.listed import article
from kubetrial.lint.values.names import dns_label
from kubetrial.lint.values.nearest import MOST_NAMES, means_the_same, slip, words
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Findings, Found, Node

O = TypeVar("O", bound=Object)  # noqa: E741

CLUSTER_SCOPED = frozenset(
    ("ClusterRole", "IngressClass", "StorageClass", "RuntimeClass", "PriorityClass", "GatewayClass", "PersistentVolume", "Namespace")
)  # fmt: skip
_PODS = tuple((kinds.GROUPS[kind], kind) for kind in kinds.GROUPS)
_SERVICES = (("", "Service"),)
_CHARTS = frozenset(("HelmRelease", "HelmChart", "HelmChartConfig", "Application", "ApplicationSet", "Kustomization"))
"""Kinds that bring objects from elsewhere."""
_CLUSTER_ROLES = ("cluster-admin", "admin", "edit", "view")
_ROLES = ("kubeadm:bootstrap-signer-clusterinfo", "extension-apiserver-authentication-reader")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference finds. At most one of the objects is set; none of them and not `missing`: nothing can be said."""

    target: Object | None = None
    sure: bool = False
    """Whether the target is certain to be the one, and reaches the cluster as it is written."""
    elsewhere: Object | None = None
    """An object of that name in a namespace where the reference does not reach."""
    namespace: str = ""
    """Where it was looked for, when it is elsewhere."""
    close: Object | None = None
    """An object at the right place with nearly that name."""
    twin: Object | None = None
    """An object of that name at the right place, of another kind that could be meant."""
    unused: Object | None = None
    """An object beside the referrer that nothing names, and whose name is like the wanted one."""
    missing: bool = False
    """Whether the set holds no such object, and the user has said that nothing else exists."""

    @property
    def slips(self) -> bool:
        """Whether another object shows what was meant: the sign of a mistake where the set need not hold the object."""
        return self.elsewhere is not None or self.close is not None

    @property
    def fails(self) -> bool:
        """Whether the reference leads nowhere."""
        return self.missing or self.meant is not None

    @property
    def meant(self) -> Object | None:
        """The object that was probably meant instead."""
        return self.elsewhere or self.close or self.twin or self.unused


NOTHING = Reference()


def resolve(
    cluster: Cluster,
    referrer: Object,
    group: str,
    kind: str,
    name: str,
    namespace: str = "",
    twins: Sequence[tuple[str, str]] = (),
) -> Reference:
    """Look an object up, as the referrer names it; `namespace` where it names one, else the referrer's own counts.

    `twins` are other kinds (with their groups) that could be meant. In a closed world what is not found is missing.
    """
    if not name or "$" in name or "{" in name:
        return NOTHING
    scoped = kind in CLUSTER_SCOPED
    wanted = None if scoped else _wanted(cluster, referrer, namespace)
    namesakes = _namesakes(cluster, group, kind, name)
    target = None if namesakes is None else namesakes.nearest(referrer, wanted)
    if namesakes is not None and target is not None:
        alone = namesakes.has_one_near(referrer, wanted)
        return Reference(target, sure=is_sure(cluster, referrer, target, alone=alone))
    if (
        not cluster.complete
        or cluster.exists_outside(kind, name)
        or _may_be_made(cluster, referrer, kind, name, namespace)
    ):
        return NOTHING
    for twin in twins:
        found = resolve(cluster, referrer, *twin, name, namespace) if twin != (group, kind) else NOTHING
        if found.target is not None and found.sure:
            return Reference(twin=found.target)
    # Who writes another namespace than his own may mean another object of that name.
    if namesakes is not None and wanted is not None:
        elsewhere = namesakes.elsewhere(referrer, wide=not namespace or namespace == referrer.namespace)
        if (
            elsewhere
            and not all(map(_goes_with_release, elsewhere))
            and are_namespaces({*wanted, *(obj.namespace for obj in elsewhere)})
        ):
            return Reference(elsewhere=nearest_to(referrer, elsewhere), namespace=", ".join(sorted(wanted)))
    beside = _beside(cluster, referrer, ((group, kind),), wanted)
    meant = slip(name, [one.name for one in beside])
    if meant is not None:
        return Reference(close=next(one.object for one in beside if one.name == meant))
    return Reference(unused=_unused(cluster, referrer, name, beside), missing=cluster.closed_world)


def _goes_with_release(obj: Object) -> bool:
    """Whether an object of a chart has no namespace of its own: the installation says it, and may say the wanted one."""
    built = getattr(obj.document, "built", None)
    return hasattr(built, "template") and not obj["metadata"].mapping().get("namespace")


@dataclass(frozen=True, slots=True)
class _Near:
    """An object beside a referrer, with what is asked of it again and again."""

    object: Object
    name: str
    labels: Mapping[str, Any]


def _known_near(_: Cluster) -> dict[Any, list[_Near]]:
    """What was asked for -> the objects beside a referrer."""
    return {}


def _beside(
    cluster: Cluster, referrer: Object, kinds: tuple[tuple[str, str], ...], wanted: frozenset[str] | None
) -> list[_Near]:
    """The objects of some kinds in the folder of the referrer that can be in one of the namespaces: the first ones."""
    known = cluster.once(_known_near)
    folder, where = folder_of(referrer), place(cluster, referrer)
    key = (folder, where, kinds, wanted)
    found = known.get(key)
    if found is None:
        near = [obj for kind in kinds for obj in cluster.in_folder(folder).get(kind, ())[:MOST_NAMES]]
        found = known[key] = [
            _Near(obj, obj.name, labels_of(obj).mapping())
            for obj in near
            if place(cluster, obj) == where and _meet(cluster.namespaces(obj), wanted)
        ]
    return found


def is_sure(cluster: Cluster, referrer: Object, target: Object, alone: bool = False) -> bool:
    """Whether two objects are written for one another and reach the cluster as written: beside, one cluster, no patches.

    `alone` says that the target is the only one of its name that is near.
    """
    if is_transformed(cluster, referrer, target):
        return False
    if is_beside(cluster, referrer, target):
        return True
    if not alone or not _is_near(referrer, target):
        return False
    return folder_of(referrer) == folder_of(target) or in_one_cluster(cluster, referrer, target)


class _Namesakes:
    """Objects of one kind and name, by the files and folders around them: the nearest one is found along a path."""

    __slots__ = ("_apart", "_cluster", "_in", "_objects", "_under")

    def __init__(self, cluster: Cluster, objects: list[Object]) -> None:
        self._cluster = cluster
        self._objects = objects
        self._apart: Neighbours[Object] | None = None
        # (namespace, "" for one that is not written, "*" for any; path) -> (depth, object): the highest below it, and ...
        self._under: dict[tuple[str, str], tuple[int, Object]] = {}
        # ... the first two below a folder (True) and in it (False).
        self._in: dict[tuple[str, str, bool], list[Object]] = {}
        for obj in objects:
            file = obj.document.file
            depth, folder = file.count("/"), folder_of(obj)
            namespaces = cluster.namespaces(obj)
            for space in ("*", *(("",) if namespaces is None else namespaces)):
                for path in _paths(file):
                    if self._under.setdefault((space, path), (depth, obj))[0] > depth:
                        self._under[space, path] = depth, obj
                    two = self._in.setdefault((space, path, True), [])
                    if len(two) < 2:
                        two.append(obj)
                two = self._in.setdefault((space, folder, False), [])
                if len(two) < 2:
                    two.append(obj)

    def nearest(self, referrer: Object, wanted: frozenset[str] | None) -> Object | None:
        """Of those that can be in one of the namespaces the one that `nearest_to` finds."""
        for path in _paths(referrer.document.file):
            found = [one for space in _spaces(wanted) if (one := self._under.get((space, path))) is not None]
            if found:
                return min(found, key=lambda one: one[0])[1]
        return None

    def has_one_near(self, referrer: Object, wanted: frozenset[str] | None) -> bool:
        """Whether exactly one of those stands in the folder of the referrer, inside of it, or around it."""
        here = folder_of(referrer)
        near: set[int] = set()
        for space in _spaces(wanted):
            near.update(id(obj) for obj in self._in.get((space, here, True), ()))
            for folder in _paths(_above(here)) if here else ():
                near.update(id(obj) for obj in self._in.get((space, folder, False), ()))
        return len(near) == 1

    def elsewhere(self, referrer: Object, wide: bool) -> list[Object]:
        """Those with a namespace that stand beside the referrer (`wide`), or are certain to be applied with it."""
        if self._apart is None:
            written = (obj for obj in self._objects if obj.namespace and not _is_copied(obj))
            self._apart = Neighbours(self._cluster, ((None, obj) for obj in written))
        found = self._apart.beside(referrer, None) if wide else self._apart.applied_with(referrer, None)
        return [obj for _, obj in found]


def _spaces(wanted: frozenset[str] | None) -> tuple[str, ...]:
    return ("*",) if wanted is None else ("", *wanted)


def _paths(file: str) -> Iterator[str]:
    """A file, then the folders around it, the innermost first and the top ("") last."""
    while file:
        yield file
        file = _above(file)
    yield ""


def _known_namesakes(_: Cluster) -> dict[tuple[str, str, str], _Namesakes | None]:
    """(group, kind, name) -> the objects of that name."""
    return {}


def _namesakes(cluster: Cluster, group: str, kind: str, name: str) -> _Namesakes | None:
    known = cluster.once(_known_namesakes)
    key = (group, kind, name)
    if key not in known:
        objects = cluster.named(group, kind, name)
        known[key] = _Namesakes(cluster, objects) if objects else None
    return known[key]


def _is_near(one: Object, other: Object) -> bool:
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


def _known_sure(_: Cluster) -> dict[Any, list[Any]]:
    """A list of the index and the circles of a referrer -> those of it that are sure."""
    return {}


def _known_neighbours(_: Cluster) -> dict[int, Neighbours[Any]]:
    """A list of the index, by its id -> its objects by where they stand."""
    return {}


def sure_of(cluster: Cluster, referrer: Object, chosen: list[O]) -> list[O]:
    """Those of a list of `workloads_of` or `services_of` that `is_sure` of; the same list for the same question."""
    if not chosen or is_transformed(cluster, referrer):
        return []  # an empty list is often made for one question, and another one may get its id
    known: dict[Any, list[O]] = cluster.once(_known_sure)
    key = (id(chosen), circles(cluster, referrer))
    if key not in known:
        indexes = cluster.once(_known_neighbours)
        if id(chosen) not in indexes:
            indexes[id(chosen)] = Neighbours(cluster, ((None, o) for o in chosen if not is_transformed(cluster, o)))
        known[key] = [one for _, one in indexes[id(chosen)].beside(referrer, None)]
    return known[key]


def sure_target(cluster: Cluster, referrer: Object, kind: str, name: str) -> Object | None:
    """The object of the core group that a name of the referrer certainly means, as it reaches the cluster; None: nothing is certain."""
    reference = resolve(cluster, referrer, "", kind, name)
    target = reference.target if reference.sure else None
    if target is None or cluster.kustomizations is None:
        return target
    # A generator of the same name may add to it.
    return None if (kind, name) in cluster.kustomizations.facts(target.document.file).generated else target


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


def _wanted(cluster: Cluster, referrer: Object, namespace: str) -> frozenset[str] | None:
    own = cluster.namespaces(referrer)
    if not namespace:
        return own
    # A kustomization that sets the namespace rewrites those of references too.
    moved = own is not None and own != frozenset((referrer.namespace,))
    return own | {namespace} if moved and own is not None else frozenset((namespace,))


def _meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
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


_COPIERS = ("reflector", "replicator", "kubed", "kubernetes-replicator", "config-syncer")
"""Parts of the annotations by which an operator is told to copy a Secret or ConfigMap into other namespaces."""


def _is_copied(obj: Object) -> bool:
    """Whether an operator copies the object into other namespaces."""
    return any(word in key for key in obj.annotations for word in _COPIERS)


def _unused(cluster: Cluster, referrer: Object, name: str, beside: list[_Near]) -> Object | None:
    """The one object beside the referrer that nothing names, if its name is like the wanted one.

    Where one object is wanted and another one stands there unused, one of the two was given a new name and the other was not. What is
    certain to be applied with the referrer needs a word in common; what only stands in its folder has to mean the same thing.
    """
    mine, in_use = words(name), _names_in_use(cluster, folder_of(referrer))
    idle = [
        one
        for one in beside
        if in_use.isdisjoint((("", one.name), (one.object.kind, one.name)))
        # A headless Service is for names of pods: nothing needs to name it.
        and not (isinstance(one.object, Service) and one.object.is_headless)
    ]
    with_it = [one for one in idle if applied_together(cluster, referrer, one.object)]
    if len(with_it) == 1 and mine & words(with_it[0].name):
        return with_it[0].object
    same = [one for one in idle if means_the_same(name, one.name)]
    return same[0].object if len(same) == 1 else None


_NO_NAMES = frozenset(("labels", "matchLabels", "selector", "nodeSelector", "podSelector", "namespace", "image"))
"""Fields whose texts name no object that a reference could mean."""
_PARTS = frozenset(("containers", "initContainers", "ports", "volumes", "volumeMounts", "env"))
"""Fields with parts of an object that have names of their own."""
_NAMING = {
    "claimName": "PersistentVolumeClaim",
    "secretName": "Secret",
    "serviceAccountName": "ServiceAccount",
    "serviceName": "Service",
    "configMap": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "secret": "Secret",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
    "service": "Service",
}
"""Fields that name an object of one kind, as their text or as the `name` in them."""


def _known_names(_: Cluster) -> dict[str, frozenset[tuple[str, str]]]:
    """A folder -> what its objects name."""
    return {}


def _names_in_use(cluster: Cluster, folder: str) -> frozenset[tuple[str, str]]:
    """(kind, name) of what the objects of a folder name; the kind is empty for a text that may be the name of anything."""
    known = cluster.once(_known_names)
    found = known.get(folder)
    if found is None:
        every = [obj for objects in cluster.in_folder(folder).values() for obj in objects]
        names = {name for obj in every for name in _named_in({**obj.value, "metadata": None, "kind": None})}
        names.update(name for obj in every for name in _named_in(obj.annotations))
        found = known[folder] = frozenset(names)
    return found


def _named_in(value: Any) -> Iterator[tuple[str, str]]:
    """(kind, name) of what a value may name; iterative."""
    pending: list[tuple[str, Any]] = [("", value)]
    while pending:
        kind, top = pending.pop()
        if top.__class__ is str:
            yield kind, top
        elif top.__class__ is list:
            pending.extend((kind, item) for item in top)
        elif isinstance(top, Mapping):
            for key, inner in top.items():
                if key == "name":
                    pending.append((kind or str(top.get("kind") or ""), inner))
                elif key in _PARTS and inner.__class__ is list:
                    pending.extend(("", _without_name(part)) for part in inner)
                elif key not in _NO_NAMES:
                    pending.append((_NAMING.get(key, ""), inner))


def _without_name(part: Any) -> Any:
    return {key: value for key, value in part.items() if key != "name"} if part.__class__ is dict else part


def _above(folder: str) -> str:
    return folder.rpartition("/")[0]


def _may_be_made(cluster: Cluster, referrer: Object, kind: str, name: str, namespace: str) -> bool:
    """Whether the object is well known, or something of the set may make it."""
    if is_well_known(kind, name, namespace or referrer.namespace):
        return True
    if cluster.kustomizations is not None:
        facts = cluster.kustomizations.facts(referrer.document.file)
        if facts.remote or (kind, name) in facts.generated:
            return True
    if cluster.is_mentioned(name, namespace or referrer.namespace) or cluster.is_mentioned(name, ""):
        return True
    if cluster.custom_makers(name):
        return True
    return not cluster.closed_world and _brings_more(cluster, folder_of(referrer))


def _known_open(_: Cluster) -> dict[str, bool]:
    """A folder -> whether more objects come out of what stands near it."""
    return {}


def _brings_more(cluster: Cluster, folder: str) -> bool:
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
    if _above(folder):
        yield "beside", _above(folder)
    elif folder:
        yield "below", ""
    yield from (("below", above) for above in _all_above(folder))


def _near_to(folder: str) -> Iterator[tuple[str, str]]:
    """The keys of all folders that are near a folder: the same, inside of one another, or neighbours."""
    yield "in", folder
    if _above(folder):
        yield "beside", _above(folder)
    elif folder:
        yield "in", ""
    yield "below", folder
    yield from (("in", above) for above in _all_above(folder))


def _all_above(folder: str) -> Iterator[str]:
    """The folders around a folder, without the top."""
    while folder := _above(folder):
        yield folder


def is_well_known(kind: str, name: str, namespace: str) -> bool:
    """Whether every cluster has the object: its control plane makes it."""
    if kind == "Service":
        return name == "kubernetes" or (namespace == "kube-system" and name in ("kube-dns", "metrics-server"))
    if kind == "ServiceAccount":
        return name == "default" or namespace.startswith("kube-")
    if kind == "ClusterRole":
        return name in _CLUSTER_ROLES or name.startswith("system:")
    if kind == "Role":
        return name in _ROLES or name.startswith("system:")
    if kind == "ConfigMap":
        return name == "kube-root-ca.crt" or namespace.startswith("kube-")
    if kind == "PriorityClass":
        return name.startswith("system-")
    return kind == "Namespace" and name in ("default", "kube-system", "kube-public", "kube-node-lease")


def unresolved(node: Node, reference: Reference, kind: str, name: str, consequence: str) -> Found:
    """The finding for a reference that leads nowhere, at the node that names the object."""
    meant = reference.meant
    if reference.elsewhere is not None:
        message = f"the {kind} {name} is in the namespace {reference.elsewhere.namespace}, not in {reference.namespace}"
        help = f"put both into one namespace, or make {article(kind)} {kind} {name} in {reference.namespace} too"
    elif reference.twin is not None:
        message = f"there is no {kind} {name} in these manifests; {name} is {article(reference.twin.kind)} {reference.twin.kind}"
        help = f"write kind: {reference.twin.kind}"
    elif reference.close is not None:
        message = f"there is no {kind} {name} in these manifests; there is {reference.close.name}"
        help = f"write {reference.close.name}"
    elif reference.unused is not None:
        message = f"there is no {kind} {name} in these manifests; there is {reference.unused.name}, which nothing uses"
        help = f"write {reference.unused.name}, or rename it"
    else:
        message = f"there is no {kind} {name} in these manifests"
        help = f"correct the name, add the {kind}, or list {kind.lower()}/{name} as external in the configuration"
    return node.found(message, consequence=consequence, help=help, related=() if meant is None else (named(meant),))


def named(obj: Object) -> tuple[str, Node]:
    """A second place of a finding: where an object has its name."""
    return f"the {obj.kind} {obj.name}", obj["metadata"]["name"]


def lacking_for_tls(secret: Object) -> list[str]:
    """What a Secret that holds something lacks to be used for TLS; nothing where it is empty: somebody fills it later."""
    keys = {*secret["data"].mapping(), *secret["stringData"].mapping()}
    return [key for key in ("tls.crt", "tls.key") if key not in keys] if keys else []


def ports_of(service: Object) -> list[Mapping[str, Any]]:
    """The ports of a Service."""
    ports = service["spec"].get("ports")
    return [port for port in ports if port.__class__ is dict] if ports.__class__ is list else []


def has_port(service: Object, port: int | str) -> bool:
    """Whether a Service has a port of that number or name; of an ExternalName Service nobody knows."""
    if service["spec"].get("type") == "ExternalName":
        return True
    key = "port" if port.__class__ is int else "name"
    return any(one.get(key) == port for one in ports_of(service))


def is_injected(port: object) -> bool:
    """Whether a port of this name is one of a proxy that a service mesh adds to pods."""
    return str(port).startswith(("linkerd-", "istio-", "envoy-", "http-envoy", "consul-", "kuma-"))


def says_ports(service: Object) -> str:
    """The ports of a Service for a message: `80 (http), 9090`."""
    return (
        ", ".join(
            f"{one.get('port')} ({one['name']})" if one.get("name") else str(one.get("port"))
            for one in ports_of(service)
        )
        or "none"
    )


def _known_workloads(_: Cluster) -> dict[Any, list[Workload]]:
    """A selector, a namespace and those that it may mean -> the workloads."""
    return {}


def workloads_of(cluster: Cluster, referrer: Object, selector: LabelSelector) -> list[Workload]:
    """The workloads whose pods a selector of the referrer chooses: in its namespace, or where none is written.

    The same list for the same question: do not change it.
    """
    if not _is_readable(selector):
        return []
    own = cluster.namespaces(referrer)
    known = cluster.once(_known_workloads)
    key = (repr(selector.value), referrer.namespace, own)
    if key not in known:
        found = cluster.with_labels(selector.get("matchLabels") or {}, referrer)
        known[key] = [w for w in found if _meet(cluster.namespaces(w), own) and selector.matches(w.pod.labels)]
    return known[key]


def _known_services(_: Cluster) -> dict[Any, list[Service]]:
    """A selector and the namespaces that it may mean -> the Services."""
    return {}


def services_of(cluster: Cluster, referrer: Object, selector: LabelSelector) -> list[Service]:
    """The Services that a selector of the referrer chooses by the labels of their metadata; always the same list."""
    if not _is_readable(selector):
        return []
    index = cluster.once(_services_by_label)
    labels = selector.get("matchLabels") or {}
    if any(value.__class__ is not str for value in labels.values()):
        return []
    own = cluster.namespaces(referrer)
    known = cluster.once(_known_services)
    key = (repr(selector.value), own)
    if key not in known:
        options = [index.get(label, []) for label in labels.items()]
        found = min(options, key=len) if options else cluster.all(Service)
        known[key] = [s for s in found if _meet(cluster.namespaces(s), own) and selector.matches(s.labels)]
    return known[key]


def _services_by_label(cluster: Cluster) -> dict[tuple[str, str], list[Service]]:
    """A label -> the Services that have it."""
    index: dict[tuple[str, str], list[Service]] = {}
    for service in cluster.all(Service):
        for label in service.labels.items():
            if label[1].__class__ is str:
                index.setdefault(label, []).append(service)
    return index


def _is_readable(selector: LabelSelector) -> bool:
    """Whether the selector has the form that the schema asks for: objects of the index are not always valid."""
    labels, expressions = selector.get("matchLabels", {}), selector.get("matchExpressions", [])
    if labels.__class__ is not dict or expressions.__class__ is not list:
        return False
    return all(
        e.__class__ is dict and (e.get("values") or []).__class__ is list and (e.get("key") or "").__class__ is str
        for e in expressions
    )


_SIGNS = ("${", "{{", "<")
"""Signs of something that is replaced before it is applied."""
_MADE = ("statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/", "job-name", "controller-uid")
"""Labels that controllers put on pods: no template has them."""


def missed(
    cluster: Cluster,
    obj: Object,
    selector: LabelSelector,
    what: str,
    consequence: str,
    *,
    at: Node | None = None,
    peer: bool = False,
    services: bool = False,
) -> Findings:
    """The finding for a selector of an object that chooses no pod (or Service) of a closed set, where the set shows what it should.

    `what` begins the message, such as `the PodDisruptionBudget web`; the finding stands at the selector, or at `at`. A peer may well
    be a pod of somebody else: it is judged only where it misses one by a slip.
    """
    choose = services_of if services else workloads_of
    if not cluster.complete or selector.is_empty or not _is_readable(selector) or choose(cluster, obj, selector):
        return
    wanted = selector.get("matchLabels", {})
    if any(str(key).startswith(_MADE) for key in wanted) or is_transformed(cluster, obj) or is_open(cluster, obj):
        return
    if any(sign in str(value) for value in wanted.values() for sign in _SIGNS):
        return
    meant = _elsewhere(cluster, obj, selector, services) or _misspelt(cluster, obj, wanted, peer, services)
    if meant is None:
        if not cluster.closed_world:
            return
        meant = _Meant(None, "", f"write the labels of {'a Service' if services else 'a pod template'}, or remove it")
    one = meant.object
    yield (selector if at is None else at).found(
        f"{what} selects no {'Service' if services else 'pod'} of these manifests{meant.message}",
        key=True,
        consequence=consequence,
        help=meant.help,
        related=() if one is None else ((f"the labels of {one.kind} {one.name}", labels_of(one)),),
    )


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a selector was probably meant for, how it misses that, and what to write."""

    object: Object | None
    message: str
    help: str


def _elsewhere(cluster: Cluster, obj: Object, selector: LabelSelector, services: bool) -> _Meant | None:
    """What has the labels, and stands in another namespace."""
    own = cluster.namespaces(obj)
    if own is None:
        return None
    apart = [
        one.object
        for one in _beside(cluster, obj, _SERVICES if services else _PODS, None)
        if selector.matches(one.labels) and not _has_twin(cluster, obj, one.object)
    ]
    if not apart or not are_namespaces({*own, *(one.namespace for one in apart)}):
        return None
    where = f"in the namespace {apart[0].namespace}, not in {', '.join(sorted(own))}"
    return _Meant(apart[0], f": {apart[0]} has these labels {where}", "put both into one namespace")


def _misspelt(cluster: Cluster, obj: Object, wanted: Mapping[str, Any], peer: bool, services: bool) -> _Meant | None:
    """What has nearly the labels, where all that have miss them in the same way."""
    kinds = _SERVICES if services else _PODS
    paired = _file_of_pair(cluster, obj, kinds)
    near = [
        one.object
        for one in _beside(cluster, obj, kinds, cluster.namespaces(obj))
        if _is_meant(obj, wanted, one, peer, paired)
        and (peer or not (_has_twin(cluster, obj, one.object) or _is_served(cluster, obj, one.object)))
    ]
    if not near or len({_difference(wanted, one)[1] for one in near}) != 1:
        return None
    return _Meant(near[0], *_difference(wanted, near[0]))


def _has_twin(cluster: Cluster, obj: Object, chosen: Object) -> bool:
    """Whether an object of the same kind and name stands in the namespace of what this one might be meant for."""
    found = cluster.once(_twins).get((obj.group, obj.kind, obj.name, chosen.namespace, place(cluster, chosen)), ())
    return any(one is not obj for one in found)


def _twins(cluster: Cluster) -> dict[tuple[str, ...], list[Object]]:
    """(group, kind, name, namespace, place) -> the objects."""
    twins: dict[tuple[str, ...], list[Object]] = {}
    for one in cluster.objects:
        twins.setdefault((one.group, one.kind, one.name, one.namespace, place(cluster, one)), []).append(one)
    return twins


def _is_served(cluster: Cluster, obj: Object, chosen: Object) -> bool:
    """Whether pods that a Service might be meant for have another Service."""
    if obj.kind != "Service" or not isinstance(chosen, Workload):
        return False
    serving = cluster.services_for(chosen.pod.labels, chosen.namespace)
    return any(service is not obj and in_one_cluster(cluster, service, chosen) for service in serving)


def _kinds_of_files(cluster: Cluster) -> Counter[tuple[str, str, str]]:
    """(file, group, kind) -> how many objects."""
    return Counter((one.document.file, one.group, one.kind) for one in cluster.objects)


def _file_of_pair(cluster: Cluster, obj: Object, kinds: tuple[tuple[str, str], ...]) -> str | None:
    """The file of an object, where it holds one of the kinds too, and no other: the two are written for one another.

    Beside an application may stand the policy of what it talks to.
    """
    if obj.kind == "NetworkPolicy":
        return None
    counts = cluster.once(_kinds_of_files)
    file = obj.document.file
    alone = counts[file, obj.group, obj.kind] == 1 == sum(counts[file, group, kind] for group, kind in kinds)
    return file if alone else None


def _difference(wanted: Mapping[str, Any], meant: Object) -> tuple[str, str]:
    """The one label in which a selector and what it is meant for differ, as the end of a message; and what to write."""
    key = _wrong(wanted, labels_of(meant).mapping())[0]
    own = labels_of(meant).get(key)
    has = f"no label {key}" if own is None else f"{key}: {own}"
    message = f": it asks for {key}: {wanted[key]}, and {meant.kind} {meant.name} has {has}"
    return message, f"remove {key}, or add it there" if own is None else f"write {has}"


def labels_of(obj: Object) -> Node:
    """The labels that selectors look at: of the pods of a workload, of the object itself otherwise."""
    return (obj.pod.metadata if isinstance(obj, Workload) else obj["metadata"])["labels"]


def _wrong(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> list[str]:
    return [key for key, value in wanted.items() if labels.get(key) != value]


def _is_meant(obj: Object, wanted: Mapping[str, Any], one: _Near, peer: bool, paired: str | None) -> bool:
    """Whether a selector is surely meant for something although one label differs.

    By a slip in the value; by the same value under another key; or because both have one name, or stand alone in one file.
    """
    wrong = _wrong(wanted, one.labels)
    if len(wrong) != 1:
        return False
    value, own = wanted[wrong[0]], one.labels.get(wrong[0])
    if isinstance(own, str) and isinstance(value, str) and slip(value, (own,)) is not None:
        return True
    if peer or not isinstance(value, str):
        return False
    if one.name == obj.name or (own is None and one.name == value and value in one.labels.values()):
        return True
    return paired is not None and one.object.document.file == paired


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
    return cluster.has_makers(folder_of(obj)) or _brings_more(cluster, folder_of(obj))
