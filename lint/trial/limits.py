"""What a trial plays at the most: the API server takes a thousand million replicas, a trial has to end within seconds.

A larger number is played as the limit, and a note says so. Patches that the API server would refuse are refused here too, as a workload
without a template makes no sense to any controller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubetrial.lint.trial.objects import Object

MOST_PODS = 500
"""Pods of one workload at a time."""
_NUMBERS = {
    "Deployment": ("replicas",),
    "ReplicaSet": ("replicas",),
    "StatefulSet": ("replicas",),
    "ReplicationController": ("replicas",),
    "Job": ("parallelism", "completions"),
}


def held(manifest: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """An object with no more pods than a trial plays, and what was made smaller; a CronJob's Jobs are held to it too."""
    kind, metadata = manifest.get("kind"), manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else ""
    if kind == "CronJob":
        spec = manifest.get("spec")
        template = spec.get("jobTemplate") if isinstance(spec, Mapping) else None
        inner, note = _held("Job", str(name), template)
        return (
            ({**manifest, "spec": {**spec, "jobTemplate": inner}}, note)
            if note and isinstance(spec, Mapping)
            else (manifest, "")
        )
    return _held(str(kind), str(name), manifest)


def held_patch(kind: str, name: str, patch: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """A patch with no more pods than a trial plays, and what was made smaller."""
    return _held(kind, name, patch)


def _held(kind: str, name: str, body: Any) -> tuple[Any, str]:
    spec = body.get("spec") if isinstance(body, Mapping) else None
    if not isinstance(spec, Mapping):
        return body, ""
    found = {field: spec[field] for field in _NUMBERS.get(kind, ()) if _is_large(spec.get(field))}
    if not found:
        return body, ""
    field, number = next(iter(found.items()))
    note = (
        f"{kind} {name} was played with {field}: {MOST_PODS} instead of {number}: a trial plays {MOST_PODS} pods of a"
        " workload at the most"
    )
    return {**body, "spec": {**spec, **dict.fromkeys(found, MOST_PODS)}}, note


def _is_large(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > MOST_PODS


def refused(target: Object, patch: Any) -> str:
    """Why the API server would refuse a merge patch; empty where nothing here says so."""
    if not isinstance(patch, Mapping):
        return "a patch has to be a mapping"
    spec = patch.get("spec", {})
    if "spec" in patch and not isinstance(spec, Mapping):
        return "the API server refuses it: `spec` has to be a mapping"
    before = target.spec if isinstance(target.spec, Mapping) else {}
    return _lost(before, spec, "spec", 0)


_NEEDED = frozenset(("template", "selector", "containers", "spec", "jobTemplate", "schedule"))
"""Fields without which no workload is taken, wherever they stand."""


def _lost(before: Mapping[str, Any], patch: Mapping[str, Any], where: str, depth: int) -> str:
    for field, value in patch.items():
        old = before.get(field)
        if field in _NEEDED and old is not None and (value is None or value == []):
            return f"the API server refuses it: {where}.{field} is required and cannot be taken away"
        if isinstance(old, (Mapping, list)) and value is not None and not isinstance(value, type(old)):
            return f"the API server refuses it: {where}.{field} has another type"
        if isinstance(old, int) and value is not None and not isinstance(value, (int, str)):
            return f"the API server refuses it: {where}.{field} has to be a number"
        if field == "replicas" and isinstance(value, int) and value < 0:
            return f"the API server refuses it: {where}.replicas cannot be negative"
        if isinstance(value, Mapping) and isinstance(old, Mapping) and depth < 20:
            inner = _lost(old, value, f"{where}.{field}", depth + 1)
            if inner:
                return inner
    return ""
