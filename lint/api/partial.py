"""Patches in themselves: parts of an object, held against its schema with everything optional.

A strategic merge patch names fields as the object does, so a misspelt one or one of a wrong type is wrong whatever it is laid over. What
is missing, and what several fields together say, only shows in the object that comes out. Follows strategicpatch of apimachinery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kubetrial.lint.yaml.node import Found

_SAID = frozenset(("field-unknown", "value-wrong-type"))
_DIRECTIVES = ("$patch", "$retainKeys", "$setElementOrder", "$deleteFromPrimitiveList")
_DEEPEST = 100


def without_directives(value: Any, depth: int = 0) -> Any:
    """A patch without the keys that say how to lay it over; in place of what it deletes stands null, so that places stay."""
    if depth > _DEEPEST:
        return value
    if value.__class__ is dict:
        return {
            name: without_directives(inner, depth + 1)
            for name, inner in value.items()
            if not (name.__class__ is str and name.startswith(_DIRECTIVES))
        }
    if value.__class__ is list:
        return [without_directives(inner, depth + 1) for inner in value]
    return value


def said_of_patch(found: Iterable[Found]) -> list[Found]:
    """Of what is wrong with a patch as an object, what is wrong in any object."""
    return [one for one in found if one.rule in _SAID and one.node.value is not None and not _is_directive(one)]


def has_directive(found: Iterable[Found]) -> bool:
    """Whether an object says how it is laid over another one, which only a patch does."""
    return any(map(_is_directive, found))


def is_merged(value: Mapping[str, Any]) -> bool:
    """Whether Flux lays an object over the one that the cluster has, which holds what it lacks.

    `Override`, which is what it does anyway, is written where somebody else owns the rest of the object.
    """
    metadata = value.get("metadata")
    annotations = metadata.get("annotations") if metadata.__class__ is dict else None
    how = annotations.get("kustomize.toolkit.fluxcd.io/ssa") if annotations.__class__ is dict else None
    return how.__class__ is str and how.lower() in ("merge", "override")


def _is_directive(found: Found) -> bool:
    if found.rule != "field-unknown" or found.node.steps[-1:] != ("$patch",):
        return False
    return found.node.value in ("delete", "merge", "replace")


def is_part(value: Mapping[str, Any], found: Iterable[Found]) -> bool:
    """Whether an object lacks so much that it was written as a part of another one, not as one with a mistake."""
    return len(_missing(value, found)) > 1


def _missing(value: Mapping[str, Any], found: Iterable[Found]) -> list[Any]:
    """The fields that an object lacks, also those that the schema does not ask for: a workload's labels, a Service's ports."""
    names = [one.node.steps[-1] for one in found if one.rule == "field-missing" and one.node.steps]
    spec, kind = value.get("spec"), value.get("kind")
    if spec.__class__ is not dict:
        return names
    if (
        kind == "Service" and spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName"
    ) or kind == "Ingress":
        return [*names, *(name for name in _OF_WHOLES[kind] if name not in spec)]
    if kind not in _WORKLOADS:
        return names
    if "selector" not in spec and "selector" not in names:
        names.append("selector")
    template = spec.get("template")
    if template.__class__ is dict and "metadata" not in template:
        names.append("labels")
    return names


_OF_WHOLES = {"Service": ("selector", "ports"), "Ingress": ("rules", "defaultBackend")}
"""Of these one at least is in every whole one."""
_WORKLOADS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")


def is_called_patch(value: Mapping[str, Any], path: str, found: Iterable[Found]) -> bool:
    """Whether a file is a patch by its name or by its folder's, and its object lacks what a whole one has.

    As `kubectl patch --patch-file` takes it, or as a kustomization does with a `target`, where it needs no name.
    """
    if _PATCH.search(path) is None:
        return False
    metadata = value.get("metadata")
    nameless = metadata.__class__ is not dict or not (metadata.get("name") or metadata.get("generateName"))
    return nameless or any(one.rule == "field-missing" for one in found)


_PATCH = re.compile(r"(?:^|[-_./])patch(?:es)?(?:/[^/]*|[-_.][^/]*)?\.(?:ya?ml|json)\Z")


def is_bare(value: Mapping[str, Any], found: Iterable[Found]) -> bool:
    """Whether a workload has neither the selector nor the image that every one has: it was never meant to be applied alone.

    Nor was a Service with neither selector nor ports, or an Ingress with neither rules nor a backend.
    """
    return set(_OF_WHOLES.get(str(value.get("kind")), ("selector", "image"))) <= set(_missing(value, found))
