"""Kinds and versions that the chosen server does not serve: which version removed them, and what to write instead."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubetrial import schemas
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.files.recognition import is_older_openshift
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.yaml.node import Found
from kubetrial.schemas.minors import NEWEST

if TYPE_CHECKING:
    from kubetrial.lint.finding import Fix

_FOLDER = schemas.FOLDER


@functools.cache
def removed() -> dict[str, dict[str, dict[str, Any]]]:
    """apiVersion -> kind -> {deprecated, removed, replacement, alike}: minors, the apiVersion that took over (or none).

    `alike`: the same manifest says the same in both versions, defaults included.
    """
    with open(os.path.join(_FOLDER, "removed.json"), encoding="utf-8") as file:
        table: dict[str, dict[str, dict[str, Any]]] = json.load(file)
    return table


def is_own_kind(kind: str) -> bool:
    """Whether a kind of this name is, or was, one of Kubernetes' own in any version."""
    return kind in _own_kinds()


@functools.cache
def _own_kinds() -> frozenset[str]:
    served = Catalogue(NEWEST).kinds().values()
    return frozenset(kind for kinds in (*served, *removed().values()) for kind in kinds)


def deprecated(obj: Object, catalogue: Catalogue) -> Found | None:
    """For a version that is served still and goes in a later release."""
    entry = removed().get(obj.api_version, {}).get(obj.kind)
    if entry is None or not entry["deprecated"] <= catalogue.minor < entry["removed"]:
        return None
    replacement = entry.get("replacement")
    served = catalogue.kind(replacement, obj.kind) if replacement else None
    found = obj["apiVersion"].found(
        f"{obj.kind} in {obj.api_version} is deprecated and goes in Kubernetes 1.{entry['removed']}",
        help=f"write apiVersion: {replacement}" if replacement else entry.get("instead", ""),
        consequence=f"the server warns now and does not know it from 1.{entry['removed']} on",
        fix=moved(obj, replacement, safe=True) if replacement and served and is_alike(obj, entry) else None,
    )
    return found.by("api-deprecated")


def unserved(obj: Object, catalogue: Catalogue) -> tuple[Found | None, str | None]:
    """For an object whose kind is not served: the finding, and the type to check it against all the same.

    (None, None) for the kinds of groups that are not built in, and of older OpenShift: whether they exist is for the cluster to say.
    """
    api, kind = obj.api_version, obj.kind
    entry = removed().get(api, {}).get(kind)
    if entry is not None and catalogue.minor >= entry["removed"]:
        replacement = entry.get("replacement")
        message = f"{kind} in {api} was removed in Kubernetes 1.{entry['removed']}"
        help_text = f"write apiVersion: {replacement}" if replacement else entry.get("instead", "")
        served = catalogue.kind(replacement, kind) if replacement else None
        found = obj["apiVersion"].found(
            message,
            help=help_text,
            consequence=f"the API server of 1.{catalogue.minor} does not know it",
            fix=moved(obj, replacement, safe=is_alike(obj, entry)) if replacement and served else None,
        )
        return found.by("api-removed"), served["type"] if served and entry.get("same", True) else None
    if is_older_openshift(api, kind):
        return None, None
    group = api.rpartition("/")[0]
    kinds = catalogue.kinds()
    here = {k: e for k, e in kinds.get(api, {}).items() if catalogue.kind(api, k) is not None}
    elsewhere = [a for a, ks in kinds.items() if kind in ks and catalogue.kind(a, kind) is not None]
    if here or api in kinds or _is_built_in(group, kinds):
        return _not_in_group(obj, here, elsewhere, catalogue), None
    close = _near_group(group, elsewhere)
    if not close and elsewhere and "." not in group:
        # A group that is not built in has a dot in its name, so no CustomResourceDefinition can bring this one.
        close = elsewhere[0]
    if close:
        help_text = f"write apiVersion: {close}"
        found = obj["apiVersion"].found(
            f"there is no API group {group or '(core)'} with {kind} in Kubernetes", help=help_text
        )
        return found.by("kind-unknown"), None
    return None, None


def moved(obj: Object, api_version: str, *, safe: bool) -> Fix | None:
    """Write another apiVersion."""
    from kubetrial.lint.yaml import edits

    return edits.fixed(f"write {api_version}", edits.replace_value(obj["apiVersion"], api_version), safe=safe)


def _named(obj: Object, kind: str, here: Mapping[str, Any]) -> Fix | None:
    """Write another kind: certain where only upper and lower case differ."""
    from kubetrial.lint.yaml import edits

    alike = [other for other in here if other.lower() == obj.kind.lower()]
    return edits.fixed(f"write {kind}", edits.replace_value(obj["kind"], kind), safe=alike == [kind])


def is_alike(obj: Object, entry: Mapping[str, Any]) -> bool:
    """Whether an object reads the same in the version that took over: the table says so of its kind.

    A PodDisruptionBudget with an empty selector covered no pod in v1beta1 and covers all of them in v1.
    """
    if obj.kind == "PodDisruptionBudget":
        selector = obj["spec"].get("selector")
        return bool(selector and any(selector.values())) if selector.__class__ is dict else selector is None
    return bool(entry.get("alike", False))


def _is_built_in(group: str, kinds: dict[str, dict[str, Any]]) -> bool:
    return group == "extensions" or any(api.rpartition("/")[0] == group for api in kinds)


def _not_in_group(obj: Object, here: dict[str, Any], elsewhere: list[str], catalogue: Catalogue) -> Found:
    """A built-in group that does not have the kind in this version."""
    api, kind = obj.api_version, obj.kind
    entry = catalogue.kinds().get(api, {}).get(kind)
    same_group = [a for a in elsewhere if a.rpartition("/")[0] == api.rpartition("/")[0]]
    if entry is not None and not entry["served"]:
        better = (
            f"write apiVersion: {same_group[0]}"
            if same_group
            else "enable it in the API server (--runtime-config), or leave it out"
        )
        return (
            obj["apiVersion"]
            .found(f"{api} is not served by default, so {kind} is unknown", help=better)
            .by("kind-unknown")
        )
    if entry is not None and catalogue.minor < entry["since"]:
        message = f"{kind} in {api} exists from Kubernetes 1.{entry['since']} on, not in 1.{catalogue.minor}"
        return (
            obj["apiVersion"]
            .found(message, help=f"write apiVersion: {same_group[0]}" if same_group else "")
            .by("kind-unknown")
        )
    if entry is not None:
        message = f"{kind} in {api} was removed in Kubernetes 1.{entry['until'] + 1}"
        return (
            obj["apiVersion"]
            .found(message, help=f"write apiVersion: {same_group[0]}" if same_group else "")
            .by("api-removed")
        )
    close = nearest(kind, list(here))
    if elsewhere:
        return (
            obj["apiVersion"]
            .found(
                f"there is no {kind} in {api}",
                help=f"write apiVersion: {elsewhere[0]}",
                fix=moved(obj, elsewhere[0], safe=len(elsewhere) == 1 and close is None),
            )
            .by("kind-unknown")
        )
    if here:
        help_text = f"write kind: {close}" if close else f"{api} has {', '.join(sorted(here)[:12])}"
        fix = _named(obj, close, here) if close else None
        return obj["kind"].found(f"there is no kind {kind} in {api}", help=help_text, fix=fix).by("kind-unknown")
    versions = sorted({a for a in catalogue.kinds() if a.rpartition("/")[0] == api.rpartition("/")[0]})
    return (
        obj["apiVersion"]
        .found(f"there is no API version {api}", help=f"the group has {', '.join(versions)}")
        .by("kind-unknown")
    )


def _near_group(group: str, elsewhere: list[str]) -> str | None:
    """The apiVersion of a built-in group with this kind whose name is nearly the one that is written."""
    groups = {a.rpartition("/")[0]: a for a in elsewhere}
    # `apps.k8s.io`, `apiextensions.kubernetes.io`: the right word with the wrong ending.
    first, _, ending = group.partition(".")
    if ending in ("k8s.io", "kubernetes.io"):
        for known in groups:
            if known.partition(".")[0] == first:
                return groups[known]
    close = nearest(group, list(groups))
    return groups[close] if close else None
