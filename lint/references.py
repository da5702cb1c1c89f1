"""What a reference from one object to another finds in the set: the object, one that was probably meant, or nothing.

`resolve` answers for any kind. A set is seldom all that a cluster holds, so "there is none" is an answer only in a closed world, and
only where nothing could make the object: no operator, generator, chart or template beside the object that refers to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubetrial.lint.cluster import Cluster, folder_of
from kubetrial.lint.kinds import LabelSelector, Object, Workload
from kubetrial.lint.node import Found, Node
from kubetrial.lint.together import place, together
from kubetrial.lint.values.nearest import nearest

CLUSTER_SCOPED = frozenset(
    ("ClusterRole", "IngressClass", "StorageClass", "RuntimeClass", "PriorityClass", "GatewayClass", "PersistentVolume", "Namespace")
)  # fmt: skip
_OF_WORKLOADS = frozenset(("Service", "Deployment", "StatefulSet"))
"""Kinds that are wanted beside workloads."""
_CHARTS = frozenset(("HelmRelease", "HelmChart", "HelmChartConfig", "Application", "ApplicationSet", "Kustomization"))
"""Kinds that bring objects from elsewhere."""
_CLUSTER_ROLES = ("cluster-admin", "admin", "edit", "view")
_ROLES = ("kubeadm:bootstrap-signer-clusterinfo", "extension-apiserver-authentication-reader")
_MOST_NAMES = 200
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
    missing: bool = False
    """Whether the set holds no such object, and should: it is closed, and others of the kind stand beside the referrer."""

    @property
    def fails(self) -> bool:
        """Whether the reference leads nowhere."""
        return self.elsewhere is not None or self.close is not None or self.missing


NOTHING = Reference()


def resolve(cluster: Cluster, referrer: Object, group: str, kind: str, name: str, namespace: str = "") -> Reference:
    """Look an object up, as the referrer names it; `namespace` where it names one, else the referrer's own counts."""
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
    here = folder_of(referrer)
    elsewhere = [
        obj for obj in named if obj.namespace and _near(here, folder_of(obj)) and together(cluster, referrer, obj)
    ]
    if elsewhere and wanted is not None:
        return Reference(elsewhere=nearest_to(referrer, elsewhere), namespace=", ".join(sorted(wanted)))
    beside = [obj for obj in cluster.in_folder(group, kind, here) if scoped or _meet(cluster.namespaces(obj), wanted)]
    beside = [obj for obj in beside[:_MOST_NAMES] if together(cluster, referrer, obj)]
    slip = nearest(name, sorted({obj.name for obj in beside}))
    if slip is not None:
        return Reference(close=next(obj for obj in beside if obj.name == slip))
    return Reference(missing=not cluster.has_makers(here) and (bool(beside) or _has_workloads(cluster, referrer, kind)))


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


def _has_workloads(cluster: Cluster, referrer: Object, kind: str) -> bool:
    """Whether workloads stand beside the referrer: they come with their Services."""
    if kind not in _OF_WORKLOADS:
        return False
    here = folder_of(referrer)
    kinds = (("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("", "Pod"))
    own = cluster.namespaces(referrer)
    return any(
        _meet(cluster.namespaces(w), own) and together(cluster, referrer, w)
        for group, of in kinds
        for w in cluster.in_folder(group, of, here)[:_MOST_NAMES]
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
    return place(cluster, referrer) in _open_places(cluster, referrer)


def _open_places(cluster: Cluster, referrer: Object) -> frozenset[str]:
    """The place of the referrer, if it holds templates, unread files or charts: more objects come out of those."""
    key = f"references-open:{place(cluster, referrer)}"
    found: frozenset[str] | None = cluster.memo.get(key)
    if found is None:
        where = place(cluster, referrer)
        found = frozenset((where,)) if any(_within(file, where) for file in _openers(cluster)) else frozenset()
        cluster.memo[key] = found
    return found


def _openers(cluster: Cluster) -> list[str]:
    found: list[str] | None = cluster.memo.get("references-openers")
    if found is None:
        charts = {obj.document.file for obj in cluster.objects if obj.kind in _CHARTS}
        found = cluster.memo["references-openers"] = sorted(cluster.unread | charts)
    return found


def _within(file: str, where: str) -> bool:
    return where == "." or file == where or file.startswith(f"{where}/") or where.startswith(f"{file}#")


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
    meant = reference.elsewhere or reference.close
    if reference.elsewhere is not None:
        message = f"the {kind} {name} is in the namespace {reference.elsewhere.namespace}, not in {reference.namespace}"
        help = f"put both into one namespace, or make a {kind} {name} in {reference.namespace} too"
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
    found = cluster.with_labels(selector.get("matchLabels") or {}, referrer)
    own = cluster.namespaces(referrer)
    return [w for w in found if _meet(cluster.namespaces(w), own) and selector.matches(w.pod.labels)]
