"""What is a manifest: which documents an API server may see, and which only look like one or belong to another program.

A folder of a repository holds values, indexes, settings of editors and dashboards beside its manifests. Only of what has the form of
an object is it said that the API server refuses it.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kubetrial import schemas
from kubetrial.lint.values.pattern import pattern

NOT_A_MANIFEST = "not a Kubernetes manifest"
CLIENT = "configuration of a tool"

_VERSION = pattern(r"v\d+(?:(?:alpha|beta)\d+)?\Z")
_GROUP = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+\Z")
_KIND = pattern(r"[A-Za-z][A-Za-z0-9-]{0,62}\Z")
_NEVER_CORE = ("v1alpha", "v1beta", "v2", "v3")
"""Versions that the group without a name does not have, as the files of programs do that call their own format so."""
_OF_INSTALLERS = ("Config", "Configuration", "Manifest", "Settings")
_BUILT_IN = frozenset(("", "apps", "autoscaling", "batch", "extensions", "policy"))
"""Groups without a dot; all others, custom ones too, have one: validation of CustomResourceDefinitions asks for it."""
_TOP = pattern(
    r"""(?m)^(?:---)?[ \t]*(?:\ufeff|\{[ \t]*)?["']?(?:apiVersion["']?[ \t]*:|kind["']?[ \t]*:[ \t]*["']?[A-Z])"""
)
_JSON = (pattern(r"""["']?\bapiVersion["']?[ \t\r\n]*:"""), pattern(r"""["']?\bkind["']?[ \t\r\n]*:"""))
_INSIDE = (
    pattern(r"(?m)^[ \t-]{1,8}apiVersion[ \t]*:"),
    pattern(r"(?m)^[ \t-]{1,8}kind[ \t]*:[ \t]*[\"']?[A-Z]"),
)

Known = Callable[[str], bool]
"""Whether a kind of this name is one of Kubernetes' own, in whatever version."""


def is_object(value: Any, known: Known) -> bool:
    """Whether a document has the form of an object: an apiVersion that some API server can serve, and a kind.

    What is nearly that counts too: a kind of Kubernetes in a group that is none, with metadata.
    """
    if value.__class__ is not dict:
        return False
    api, kind = value.get("apiVersion"), value.get("kind")
    if api.__class__ is not str or kind.__class__ is not str:
        return False
    if not _KIND.match(kind):  # told where a group of Kubernetes' own leaves no doubt: `Deployment.apps`
        group = api.rpartition("/")[0]
        return is_api_version(api) and (group in _BUILT_IN or group.endswith(".k8s.io")) and "metadata" in value
    if known(kind):
        return "metadata" in value or is_api_version(api) or kind.endswith("List")
    if not is_api_version(api) or (api.startswith(_NEVER_CORE) and kind.endswith(_OF_INSTALLERS)):
        return False
    # A kind that no server has, in a group of Kubernetes' own and without metadata, is for a program beside the cluster.
    return "." in api.rpartition("/")[0] or "metadata" in value or "items" in value


def is_of_programs(value: Any, path: str) -> bool:
    """Whether what is no object was never meant as one by its file: a list in JSON, which programs print and read, or a chart's values."""
    return (value.__class__ is list and path.endswith(".json")) or _VALUES_FILE.search(path) is not None


_VALUES_FILE = pattern(r"(?:^|[-_./])values(?:[-_.][^/]*)?\.ya?ml\Z")
_OF_VALUES = pattern(r"(?:^|/)(?:[^/]*[-_.])?values/")


def is_values(value: Any, path: str) -> bool:
    """Whether what says an apiVersion and a kind gives these to a chart: it has no metadata, and is a values file by its name or folder.

    `web-values.yaml` with metadata is an object for whom kubectl is given it, such as a HelmChartConfig.
    """
    if value.__class__ is not dict or "metadata" in value or "items" in value:
        return False
    return _VALUES_FILE.search(path) is not None or _OF_VALUES.search(path) is not None


def is_of_catalogue(value: Mapping[str, Any], known: Known) -> bool:
    """Whether a document is an entry of a catalogue for people (Backstage's, OpenSLO's), or of another program's own format.

    The metadata of the one has a title or a description; the other names the JSON schema that it follows, which no object does, or has
    several fields of its own in its metadata: a slip is one.
    """
    metadata = value.get("metadata")
    of_people = metadata.__class__ is dict and not metadata.keys().isdisjoint(_FOR_PEOPLE)
    own = metadata.keys() - _OF_METADATA if metadata.__class__ is dict else ()
    if not of_people and len(own) < _FEWEST_OWN and value.get("$schema").__class__ is not str:
        return False
    group = value["apiVersion"].rpartition("/")[0]
    return not known(value["kind"]) and group not in _BUILT_IN and not group.endswith(".k8s.io")


_FEWEST_OWN = 3
_OF_METADATA = frozenset(
    (
        "name", "generateName", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "uid", "resourceVersion",
        "generation",
        "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "spec", "status",
    )
)  # fmt: skip
"""The fields of every object's metadata, and those that a slip in the indentation puts there."""
_FOR_PEOPLE = ("title", "description", "displayName")


def older_minor(path: str) -> int | None:
    """The minor of Kubernetes that a file is kept for beside newer ones, by a name in its path: `k8s_before_v1_18.yaml` is for 1.17."""
    found = _FOR_MINOR.search(path)
    if found is None:
        return None
    return int(found[2]) - (1 if found[1] else 0)


_FOR_MINOR = pattern(
    r"(?i)(?:(before|pre|below|under|older[-_]than|lt)[-_]?(?:k8s|kube|kubernetes)?|(?<![a-z])(?:k8s|kube|kubernetes))"
    r"[-_]?v?1[._-]?(\d{1,2})(?![\d+])"
)


def is_skeleton(value: Mapping[str, Any]) -> bool:
    """Whether an object has no name and nearly nothing in its fields: a listing of what a kind has, to be read or filled in."""
    metadata = value.get("metadata")
    if metadata.__class__ is not dict or metadata.get("name") or metadata.get("generateName"):
        return False
    pending: list[Any] = [metadata, *(inner for key, inner in value.items() if key not in ("apiVersion", "kind"))]
    leaves = empty = 0
    while pending and leaves < _MOST_LEAVES:
        one = pending.pop()
        if one and one.__class__ in (dict, list):
            pending.extend(one.values() if one.__class__ is dict else one)
        else:
            leaves += 1
            empty += not one
    if leaves == empty and leaves >= _FEWEST_OF_FORM and metadata.get("name", "") is None:
        return True  # a form: nothing stands behind any of its keys
    return leaves >= _FEWEST_LEAVES and empty >= 0.8 * leaves


_FEWEST_LEAVES, _MOST_LEAVES = 12, 2_000
_FEWEST_OF_FORM = 4


def is_unfinished(value: Mapping[str, Any]) -> bool:
    """Whether an object was begun and left: its apiVersion or kind stands there with nothing behind it, and so does its spec."""
    if not any(name in value and value[name] is None for name in ("apiVersion", "kind")):
        return False
    return all(inner is None for name, inner in value.items() if name not in ("apiVersion", "kind", "metadata"))


def is_older_openshift(api_version: str, kind: str) -> bool:
    """Whether OpenShift served a kind of its own beside those of Kubernetes in `v1`, as it did before its groups had names."""
    return api_version == "v1" and kind in _groups()["openshift_v1"]


def is_api_version(api: str) -> bool:
    """Whether a text has the form of an apiVersion: `v1`, or a group that is built in or a domain, and a version."""
    group, _, version = api.rpartition("/")
    return bool(_VERSION.match(version)) and (group in _BUILT_IN or bool(_GROUP.match(group)))


def is_nearly_object(value: Any, known: Known) -> bool:
    """Whether a mapping without apiVersion or kind was meant as a manifest: it has the metadata of one, and the other field."""
    if value.__class__ is not dict:
        return False
    api, kind = value.get("apiVersion"), value.get("kind")
    if kind == "List" and value.get("items").__class__ is list:
        return True
    metadata = value.get("metadata")
    if metadata.__class__ is not dict or not metadata.keys() & {"name", "generateName", "labels", "namespace"}:
        return False
    if kind.__class__ is str and known(kind):
        return True
    return api.__class__ is str and is_api_version(api) and client_only(api, "") is None


def looks_like_manifest(text: str) -> bool:
    """Whether a text that cannot be read was meant as a manifest, by the fields that every manifest has."""
    if text.lstrip("\ufeff \t\r\n")[:1] == "{":
        return all(form.search(text) for form in _JSON)
    return bool(_TOP.search(text)) or all(form.search(text) for form in _INSIDE)


def client_only(api_version: str, kind: str) -> str | None:
    """Why no API server ever sees this kind: only a program beside the cluster reads it; None: one may see it."""
    group = api_version.rpartition("/")[0]
    table = _groups()
    if group in table["any"] or kind in table["kinds"].get(group, ()):
        return CLIENT
    return None


def defined_kinds(values: Iterable[Any]) -> frozenset[tuple[str, str]]:
    """(group, kind) of the CustomResourceDefinitions among some documents."""
    found = set()
    for value in values:
        if value.__class__ is dict and value.get("kind") == "CustomResourceDefinition":
            spec = value.get("spec")
            names = spec.get("names") if spec.__class__ is dict else None
            if isinstance(spec, dict) and isinstance(names, dict):
                found.add((str(spec.get("group")), str(names.get("kind"))))
    return frozenset(found)


def typed_item(holder: Mapping[str, Any], item: Any) -> dict[str, Any] | None:
    """An item of a list as an object; None where nothing says what it is.

    A list of one kind (`ConfigMapList`) gives its items their kind: decodeToList of UnstructuredJSONScheme.
    """
    if item.__class__ is not dict:
        return None
    api, kind = item.get("apiVersion"), item.get("kind")
    if holder["kind"] != "List":
        api, kind = api or holder.get("apiVersion"), kind or holder["kind"].removesuffix("List")
    if api.__class__ is not str or kind.__class__ is not str:
        return None
    if api == item.get("apiVersion") and kind == item.get("kind"):
        kept: dict[str, Any] = item
        return kept
    return {**item, "apiVersion": api, "kind": kind}


def items_of(value: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any] | None]]:
    """The objects that a document stands for, with their paths: itself, or the items of a List and of the Lists in it.

    None for an item of which nothing says what it is. Follows FlattenListVisitor, which takes Lists apart as deep as they go.
    """
    ahead: list[tuple[tuple[str | int, ...], dict[str, Any] | None]] = [((), value)]
    while ahead:
        way, one = ahead.pop()
        items = one.get("items") if one is not None and one["kind"].endswith("List") else None
        if one is None or items.__class__ is not list:
            yield way, one
            continue
        held = [((*way, "items", at), typed_item(one, item)) for at, item in enumerate(items or ())]
        ahead.extend(reversed(held))


@functools.cache
def _groups() -> Mapping[str, Any]:
    with open(os.path.join(schemas.FOLDER, "client_groups.json"), encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return table
