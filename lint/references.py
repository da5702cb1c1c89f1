"""What a reference from one object to another finds in the set: the object, one that was probably meant, or nothing.

`resolve` answers for any kind. A set is seldom all that a cluster holds, so "there is none" is an answer only in a closed world, and
only where nothing could make the object: no operator, generator, chart or template beside the object that refers to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubetrial.lint.cluster import Cluster, folder_of
from kubetrial.lint.kinds import LabelSelector, Object, Service, Workload
from kubetrial.lint.node import Findings, Found, Node
from kubetrial.lint.together import place, together
from kubetrial.lint.values.nearest import nearest

CLUSTER_SCOPED = frozenset(
    ("ClusterRole", "IngressClass", "StorageClass", "RuntimeClass", "PriorityClass", "GatewayClass", "PersistentVolume", "Namespace")
)  # fmt: skip
_PODS = (
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("", "Pod"),
    ("batch", "Job"),
    ("batch", "CronJob"),
)
_SERVICES = (("", "Service"),)
_COMPANIONS = {
    "Service": _PODS,
    "Deployment": _SERVICES,
    "StatefulSet": _SERVICES,
    "ServiceAccount": _PODS,
    "Role": _PODS,
    "ClusterRole": _PODS,
    "Gateway": _PODS,
}
"""What stands beside an object of a kind, in one file."""
_CHARTS = frozenset(("HelmRelease", "HelmChart", "HelmChartConfig", "Application", "ApplicationSet", "Kustomization"))
"""Kinds that bring objects from elsewhere."""
_CLUSTER_ROLES = ("cluster-admin", "admin", "edit", "view")
_ROLES = ("kubeadm:bootstrap-signer-clusterinfo", "extension-apiserver-authentication-reader")
_MOST_NAMES = 100
"""How many names of one folder are compared to find a slip: more would cost more than it tells."""


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
    missing: bool = False
    """Whether the set holds no such object, and should: it is closed, and others of the kind stand beside the referrer."""

    @property
    def slips(self) -> bool:
        """Whether another object shows what was meant: the sign of a mistake where the set need not hold the object."""
        return self.elsewhere is not None or self.close is not None

    @property
    def fails(self) -> bool:
        """Whether the reference leads nowhere."""
        return self.slips or self.twin is not None or self.missing


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
    named = cluster.named(group, kind, name)
    fits = [obj for obj in named if scoped or _meet(cluster.namespaces(obj), wanted)]
    if fits:
        target = nearest_to(referrer, fits)
        return Reference(target, sure=is_sure(cluster, referrer, target))
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
    here = folder_of(referrer)
    elsewhere = [
        obj for obj in named if obj.namespace and _near(here, folder_of(obj)) and together(cluster, referrer, obj)
    ]
    if elsewhere and wanted is not None:
        return Reference(elsewhere=nearest_to(referrer, elsewhere), namespace=", ".join(sorted(wanted)))
    beside = _beside(cluster, referrer, ((group, kind),), wanted)
    slip = nearest(name, [one.name for one in beside])
    if slip is not None:
        return Reference(close=next(one.object for one in beside if one.name == slip))
    return Reference(
        missing=cluster.closed or (not cluster.has_makers(here) and _is_wanted(cluster, referrer, kind, beside))
    )


@dataclass(frozen=True, slots=True)
class _Near:
    """An object beside a referrer, with what is asked of it again and again."""

    object: Object
    name: str
    labels: Mapping[str, Any]


def _beside(
    cluster: Cluster, referrer: Object, kinds: tuple[tuple[str, str], ...], wanted: frozenset[str] | None
) -> list[_Near]:
    """The objects of some kinds in the folder of the referrer that can be in one of the namespaces: the first ones."""
    known: dict[Any, list[_Near]] = cluster.memo.setdefault("references-beside", {})
    folder, where = folder_of(referrer), place(cluster, referrer)
    key = (folder, where, kinds, wanted)
    found = known.get(key)
    if found is None:
        near = [obj for kind in kinds for obj in cluster.in_folder(folder).get(kind, ())[:_MOST_NAMES]]
        found = known[key] = [
            _Near(obj, obj.name, labels_of(obj).mapping())
            for obj in near
            if place(cluster, obj) == where and _meet(cluster.namespaces(obj), wanted)
        ]
    return found


def is_sure(cluster: Cluster, referrer: Object, target: Object) -> bool:
    """Whether two objects are written for one another and reach the cluster as written: near, one cluster, no patches."""
    if not (_near(folder_of(referrer), folder_of(target)) and together(cluster, referrer, target)):
        return False
    return not may_change(cluster, referrer, target)


def may_change(cluster: Cluster, *objects: Object) -> bool:
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


def _near(one: str, other: str) -> bool:
    """Whether folders are the same, inside of one another, or neighbours."""
    if one == other or not one or not other:
        return one.count("/") + other.count("/") == 0 or one == other
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/") or _above(one) == _above(other) != ""


def _is_wanted(cluster: Cluster, referrer: Object, kind: str, beside: list[_Near]) -> bool:
    """Whether the manifests themselves show that an object is missing, and not made somewhere else.

    Either one of the kind stands there that nothing uses (it has another name than it was given), or the referrer's own file holds
    what such an object is for.
    """
    used = _names_in_use(cluster, folder_of(referrer))
    if len({one.name for one in beside} - used) == 1:
        return True
    file = referrer.document.file
    companions = _COMPANIONS.get(kind, ())
    return any(
        one.object.document.file == file for one in _beside(cluster, referrer, companions, cluster.namespaces(referrer))
    )


def _names_in_use(cluster: Cluster, folder: str) -> set[str]:
    """The names that objects of a folder give where they refer to Services, roles and ServiceAccounts."""
    key = f"references-names:{folder}"
    found: set[str] | None = cluster.memo.get(key)
    if found is None:
        found = cluster.memo[key] = set()
        pending = [obj.value for objects in cluster.in_folder(folder).values() for obj in objects]
        while pending:
            top = pending.pop()
            if top.__class__ is list:
                pending.extend(top)
            elif top.__class__ is dict:
                for name, value in top.items():
                    if name in _REFERRING:
                        for one in value if value.__class__ is list else (value,):
                            text = one.get("name") if one.__class__ is dict else one
                            if text.__class__ is str:
                                found.add(text)
                    pending.append(value)
    return found


_REFERRING = frozenset(
    ("service", "serviceName", "serviceAccountName", "roleRef", "subjects", "backendRefs", "scaleTargetRef")
)


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
    return not cluster.closed and _brings_more(cluster, folder_of(referrer))


def _brings_more(cluster: Cluster, folder: str) -> bool:
    """Whether templates, unreadable files or charts stand near a folder: more objects come out of those."""
    known: dict[str, bool] = cluster.memo.setdefault("references-open", {})
    if folder not in known:
        sources: set[str] | None = cluster.memo.get("references-sources")
        if sources is None:
            files = cluster.unread.union(obj.document.file for obj in cluster.objects if obj.kind in _CHARTS)
            sources = cluster.memo["references-sources"] = {file.rpartition("/")[0] for file in files}
        known[folder] = any(_near(folder, source) for source in sources)
    return known[folder]


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
    meant = reference.elsewhere or reference.close or reference.twin
    if reference.elsewhere is not None:
        message = f"the {kind} {name} is in the namespace {reference.elsewhere.namespace}, not in {reference.namespace}"
        help = f"put both into one namespace, or make a {kind} {name} in {reference.namespace} too"
    elif reference.twin is not None:
        message = f"there is no {kind} {name} in these manifests; {name} is a {reference.twin.kind}"
        help = f"write kind: {reference.twin.kind}"
    elif reference.close is not None:
        message = f"there is no {kind} {name} in these manifests; there is {reference.close.name}"
        help = f"write {reference.close.name}"
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


def says_ports(service: Object) -> str:
    """The ports of a Service for a message: `80 (http), 9090`."""
    return (
        ", ".join(
            f"{one.get('port')} ({one['name']})" if one.get("name") else str(one.get("port"))
            for one in ports_of(service)
        )
        or "none"
    )


def workloads_of(cluster: Cluster, referrer: Object, selector: LabelSelector) -> list[Workload]:
    """The workloads whose pods a selector of the referrer chooses: in its namespace, or where none is written."""
    if not _is_readable(selector):
        return []
    found = cluster.with_labels(selector.get("matchLabels") or {}, referrer)
    own = cluster.namespaces(referrer)
    return [w for w in found if _meet(cluster.namespaces(w), own) and selector.matches(w.pod.labels)]


def services_of(cluster: Cluster, referrer: Object, selector: LabelSelector) -> list[Service]:
    """The Services that a selector of the referrer chooses by the labels of their metadata."""
    if not _is_readable(selector):
        return []
    index: dict[Any, list[Service]] | None = cluster.memo.get("references-services")
    if index is None:
        index = cluster.memo["references-services"] = {}
        for service in cluster.all(Service):
            for label in service.labels.items():
                if label[1].__class__ is str:
                    index.setdefault(label, []).append(service)
    labels = selector.get("matchLabels") or {}
    if any(value.__class__ is not str for value in labels.values()):
        return []
    options = [index.get(label, []) for label in labels.items()]
    found = min(options, key=len) if options else cluster.all(Service)
    own = cluster.namespaces(referrer)
    return [
        service for service in found if _meet(cluster.namespaces(service), own) and selector.matches(service.labels)
    ]


def _is_readable(selector: LabelSelector) -> bool:
    """Whether the selector has the form that the schema asks for: objects of the index are not always valid."""
    labels, expressions = selector.get("matchLabels", {}), selector.get("matchExpressions", [])
    if labels.__class__ is not dict or expressions.__class__ is not list:
        return False
    return all(
        e.__class__ is dict and (e.get("values") or []).__class__ is list and (e.get("key") or "").__class__ is str
        for e in expressions
    )


_MADE = ("statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/", "job-name", "controller-uid")
"""Labels that controllers put on pods: no template has them."""


def missed(
    cluster: Cluster,
    obj: Object,
    selector: LabelSelector,
    what: str,
    consequence: str,
    *,
    peer: bool = False,
    services: bool = False,
) -> Findings:
    """The finding for a selector of an object that chooses no pod (or Service) of a closed set, although some stand beside it.

    `what` begins the message, such as `the PodDisruptionBudget web`. A peer may well be a pod of somebody else: it is judged only
    where it misses one by a slip.
    """
    choose = services_of if services else workloads_of
    if not cluster.complete or selector.is_empty or not _is_readable(selector) or choose(cluster, obj, selector):
        return
    wanted = selector.get("matchLabels", {})
    if any(str(key).startswith(_MADE) for key in wanted) or may_change(cluster, obj) or is_open(cluster, obj):
        return
    own = cluster.namespaces(obj)
    kinds = _SERVICES if services else _PODS
    beside = _beside(cluster, obj, kinds, own)
    name, file = obj.name, obj.document.file
    same = [one for one in beside if one.name == name or name.startswith(f"{one.name}-")]
    in_file = [one for one in beside if one.object.document.file == file]
    alone = in_file[0] if len(in_file) == 1 else None
    near = [one for one in beside if _is_slip(wanted, one, certain=not peer and (one is alone or one in same))]
    apart = [one for one in _beside(cluster, obj, kinds, None) if selector.matches(one.labels)]
    meant: Object | None = None
    message, help = (
        "",
        "write its labels, or remove it" if services else "write the labels of the pod template, or remove it",
    )
    if apart and own is not None:
        meant = apart[0].object
        message = f": {meant} has these labels in the namespace {meant.namespace}, not in {', '.join(sorted(own))}"
        help = "put both into one namespace"
    elif near and len({_difference(wanted, one.object)[1] for one in near}) == 1:
        meant = near[0].object
        message, help = _difference(wanted, meant)
    elif not cluster.closed and (peer or not (same or in_file)):
        return
    elif len(same) == 1:
        meant = same[0].object
    yield selector.found(
        f"{what} selects no {'Service' if services else 'pod'} of these manifests{message}",
        key=True,
        consequence=consequence,
        help=help,
        related=() if meant is None else ((f"the labels of {meant.kind} {meant.name}", labels_of(meant)),),
    )


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


def _is_slip(wanted: Mapping[str, Any], one: _Near, certain: bool) -> bool:
    """Whether a selector misses labels by one: by a slip in its value, or any where the object is surely meant."""
    wrong = _wrong(wanted, one.labels)
    if len(wrong) != 1:
        return False
    own, value = one.labels.get(wrong[0]), wanted[wrong[0]]
    if certain or not isinstance(own, str) or not isinstance(value, str):
        return certain
    return abs(len(own) - len(value)) < 2 and nearest(value, [own]) is not None


def applied_together(cluster: Cluster, one: Object, other: Object) -> bool:
    """Whether both are certain to be applied: they stand in one file, or one kustomization lists both; a folder may hold variants."""
    files = one.document.file, other.document.file
    if files[0] == files[1]:
        return together(cluster, one, other)
    return cluster.kustomizations is not None and bool(cluster.kustomizations.list_both(*files))


def is_open(cluster: Cluster, obj: Object) -> bool:
    """Whether pods or other objects may come beside an object from templates, charts, operators or elsewhere."""
    if cluster.kustomizations is not None and cluster.kustomizations.facts(obj.document.file).remote:
        return True
    if cluster.closed:
        return False
    return cluster.has_makers(folder_of(obj)) or _brings_more(cluster, folder_of(obj))
