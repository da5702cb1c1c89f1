"""What a LimitRange gives to containers that say nothing themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def defaults_of(item: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The (limits, requests) that an item of type Container gives: its own are filled in from its bounds.

    Follows SetDefaults_LimitRangeItem.
    """
    limits = {**(item.get("max") or {}), **(item.get("default") or {})}
    requests = {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}
    return limits, requests


def filled(spec: Mapping[str, Any], limit_range: Mapping[str, Any]) -> dict[str, Any]:
    """A pod's spec with what the spec of one LimitRange gives to its containers; one after the other fills what is left.

    Follows mergePodResourceRequirements of the admission plugin; requests that are not written are the pod's own limits first.
    """
    limits: dict[str, Any] = {}
    requests: dict[str, Any] = {}
    for item in limit_range.get("limits") or ():
        if isinstance(item, Mapping) and item.get("type") == "Container":
            more_limits, more_requests = defaults_of(item)
            limits.update(more_limits)
            requests.update(more_requests)
    out = dict(spec)
    if not limits and not requests:
        return out
    for group in ("initContainers", "containers"):
        if isinstance(spec.get(group), list):
            out[group] = [_with_resources(c, limits, requests) if isinstance(c, Mapping) else c for c in spec[group]]
    return out


def all_filled(spec: Mapping[str, Any], limit_ranges: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A pod's spec with what several LimitRanges give, in their order."""
    out = dict(spec)
    for one in limit_ranges:
        out = filled(out, one)
    return out


def _with_resources(
    container: Mapping[str, Any], limits: Mapping[str, Any], requests: Mapping[str, Any]
) -> dict[str, Any]:
    own = container.get("resources") or {}
    given, asked = own.get("limits") or {}, own.get("requests") or {}
    merged = {**own, "limits": {**limits, **given}, "requests": {**requests, **given, **asked}}
    return {**container, "resources": merged}
