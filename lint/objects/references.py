"""What a reference from one object to another finds in the set: the object, one that was probably meant, or nothing.

`resolve` answers for any kind. A set is seldom all that a cluster holds: scripts, operators, Terraform and other repositories make
objects too, even where a whole folder is given. So that an object is not there says nothing by itself. It counts where the set shows
what was meant instead, or where the user has said that nothing else exists (`--closed-world`); and only where nothing of the set
could make it: no operator, generator, chart or template beside the object that refers to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.objects.cluster import Cluster, folder_of
from kubetrial.lint.objects.nearness import (
    NearObject,
    Neighbours,
    O,
    above,
    applied_together,
    are_namespaces,
    are_near,
    brings_more,
    circles,
    is_beside,
    is_transformed,
    near_objects,
    nearest_to,
)
from kubetrial.lint.objects.together import in_one_cluster
from kubetrial.lint.objects.views import Object, Service
from kubetrial.lint.values.listed import article
from kubetrial.lint.values.nearest import means_the_same, slip, words
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Found, Node

CLUSTER_SCOPED = frozenset(
    ("ClusterRole", "IngressClass", "StorageClass", "RuntimeClass", "PriorityClass", "GatewayClass", "PersistentVolume", "Namespace")
)  # fmt: skip
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
    beside = near_objects(cluster, referrer, ((group, kind),), wanted)
    meant = slip(name, [one.name for one in beside])
    if meant is not None:
        return Reference(close=next(one.object for one in beside if one.name == meant))
    return Reference(unused=_unused(cluster, referrer, name, beside), missing=cluster.closed_world)


def _goes_with_release(obj: Object) -> bool:
    """Whether an object of a chart has no namespace of its own: the installation says it, and may say the wanted one."""
    built = getattr(obj.document, "built", None)
    return hasattr(built, "template") and not obj["metadata"].mapping().get("namespace")


def is_sure(cluster: Cluster, referrer: Object, target: Object, alone: bool = False) -> bool:
    """Whether two objects are written for one another and reach the cluster as written: beside, one cluster, no patches.

    `alone` says that the target is the only one of its name that is near.
    """
    if is_transformed(cluster, referrer, target):
        return False
    if is_beside(cluster, referrer, target):
        return True
    if not alone or not are_near(referrer, target):
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
            for folder in _paths(above(here)) if here else ():
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
        file = above(file)
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


def _wanted(cluster: Cluster, referrer: Object, namespace: str) -> frozenset[str] | None:
    own = cluster.namespaces(referrer)
    if not namespace:
        return own
    # A kustomization that sets the namespace rewrites those of references too.
    moved = own is not None and own != frozenset((referrer.namespace,))
    return own | {namespace} if moved and own is not None else frozenset((namespace,))


_COPIERS = ("reflector", "replicator", "kubed", "kubernetes-replicator", "config-syncer")
"""Parts of the annotations by which an operator is told to copy a Secret or ConfigMap into other namespaces."""


def _is_copied(obj: Object) -> bool:
    """Whether an operator copies the object into other namespaces."""
    return any(word in key for key in obj.annotations for word in _COPIERS)


def _unused(cluster: Cluster, referrer: Object, name: str, beside: list[NearObject]) -> Object | None:
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
    return not cluster.closed_world and brings_more(cluster, folder_of(referrer))


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
