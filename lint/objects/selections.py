"""What a selector of an object chooses in the set: workloads by the labels of their pods, Services by their own; and what it was meant for
where it chooses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.facts import kinds
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.nearness import (
    NearObject,
    are_namespaces,
    is_open,
    is_transformed,
    labels_of,
    may_meet,
    near_objects,
)
from kubetrial.lint.objects.together import in_one_cluster, place
from kubetrial.lint.objects.views import LabelSelector, Object, Service, Workload
from kubetrial.lint.values.nearest import is_slip
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Findings, Node

_PODS = tuple((kinds.GROUPS[kind], kind) for kind in kinds.GROUPS)
_SERVICES = (("", "Service"),)


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
        known[key] = [w for w in found if may_meet(cluster.namespaces(w), own) and selector.matches(w.pod.labels)]
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
        known[key] = [s for s in found if may_meet(cluster.namespaces(s), own) and selector.matches(s.labels)]
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
_ELECTED = ("leader", "master", "primary", "active", "standby", "follower", "replica", "slave", "true")
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
        for one in near_objects(cluster, obj, _SERVICES if services else _PODS, None)
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
    beside = near_objects(cluster, obj, kinds, cluster.namespaces(obj))
    near = [
        one.object
        for one in _with_like_labels(cluster, obj, wanted, beside, paired)
        if _is_meant(obj, wanted, one, peer, paired)
        and (peer or not (_has_twin(cluster, obj, one.object) or _is_served(cluster, obj, one.object)))
    ]
    if not near or len({_difference(wanted, one)[1] for one in near}) != 1:
        return None
    return _Meant(near[0], *_difference(wanted, near[0]))


def _with_like_labels(
    cluster: Cluster, obj: Object, wanted: Mapping[str, Any], beside: list[NearObject], paired: str | None
) -> list[NearObject]:
    """Of the objects beside one, those that its selector of one label may be meant for: their values are asked once, not each of them."""
    if len(wanted) != 1 or len(beside) < _MANY:
        return beside
    key, value = next(iter(wanted.items()))
    known = cluster.once(_known_values)
    if (id(beside), key) not in known:
        known[id(beside), key] = _by_value(key, beside)
    by_value, by_name, by_file = known[id(beside), key]
    if value.__class__ is not str:
        return beside
    like = {
        number for own, numbers in by_value.items() if own is not None and is_slip(value, own) for number in numbers
    }
    like.update(by_name.get(obj.name, ()), by_name.get(value, ()), by_file.get(paired or "", ()))
    return [beside[number] for number in sorted(like)]


_MANY = 20
_ByValue = tuple[dict[str | None, list[int]], dict[str | None, list[int]], dict[str | None, list[int]]]


def _known_values(_: Cluster) -> dict[tuple[int, str], _ByValue]:
    """A list of objects beside one another and a label -> where they stand in it by its value, by their name, and by their file."""
    return {}


def _by_value(key: str, beside: list[NearObject]) -> _ByValue:
    found: _ByValue = {}, {}, {}
    for number, one in enumerate(beside):
        own = one.labels.get(key)
        for index, word in zip(
            found, (own if own.__class__ is str else None, one.name, one.object.document.file), strict=True
        ):
            index.setdefault(word, []).append(number)
    return found


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


def _wrong(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> list[str]:
    return [key for key, value in wanted.items() if labels.get(key) != value]


def _is_elected(key: str, value: Any) -> bool:
    """Whether a label says which of several equal pods leads: a program gives it to its own pod when it is elected."""
    return value in _ELECTED and re.search(r"role|leader|primary|master|active", key, re.I) is not None


def _is_meant(obj: Object, wanted: Mapping[str, Any], one: NearObject, peer: bool, paired: str | None) -> bool:
    """Whether a selector is surely meant for something although one label differs.

    By a slip in the value; by the same value under another key; or because both have one name, or stand alone in one file.
    """
    wrong = _wrong(wanted, one.labels)
    if len(wrong) != 1:
        return False
    value, own = wanted[wrong[0]], one.labels.get(wrong[0])
    if own is None and _is_elected(wrong[0], value):
        return False
    if isinstance(own, str) and isinstance(value, str) and is_slip(value, own):
        return True
    if peer or not isinstance(value, str):
        return False
    if one.name == obj.name or (own is None and one.name == value and value in one.labels.values()):
        return True
    return paired is not None and one.object.document.file == paired
