"""A ResourceSlice does not say in one way on which nodes its devices are.

Exactly one of `nodeName`, `nodeSelector` (with one term), `allNodes: true` and `perDeviceNodeSelection: true` says
it; with the last one every device says it for itself, otherwise none does. The API server refuses the rest. Drivers
write these objects.

Keep one of the four.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-slice-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, ResourceSlice, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED)
def check(part: ResourceSlice) -> Findings:
    """Find slices without a place; follows validateResourceSliceSpec and validateDevice."""
    values = part.mapping().get("spec")
    if values is None:
        return
    spec = part["spec"]
    fields = ("nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection")
    yield from _one(spec, values, fields)
    terms = (values.get("nodeSelector") or {}).get("nodeSelectorTerms") or ()
    if len(terms) > 1:
        yield spec["nodeSelector"]["nodeSelectorTerms"].found(
            f"nodeSelector has {len(terms)} terms; in a slice it has exactly one",
            help="merge them, or write several slices",
        )
    if values.get("sharedCounters") is not None and values.get("devices") is not None:
        yield spec["sharedCounters"].found(
            "a slice has `sharedCounters` or `devices`, not both",
            help="write two slices of one pool",
            key=True,
            path="spec",
        )
    apart = values.get("perDeviceNodeSelection") is True
    for index, device in enumerate(values.get("devices") or ()):
        node = spec["devices"][index]
        if apart:
            yield from _one(node, device or {}, fields[:3])
        elif any((device or {}).get(field) is not None for field in fields[:3]):
            yield node.found(
                "a device names nodes only if the slice has `perDeviceNodeSelection: true`",
                help="remove them, or set it",
            )


def _one(node: Node, values: Mapping[str, Any], fields: tuple[str, ...]) -> Findings:
    present = []
    for field in fields:
        value = values.get(field)
        if value is None:
            continue
        if value is False:
            yield node[field].found(f"`{field}` is true or not set at all", help="remove it")
        elif value == "":
            yield node[field].found(f"`{field}` is empty", help="write the name of a node, or remove it")
        else:
            present.append(field)
            if field == "nodeName" and (reason := names.dns_subdomain(value)):
                yield node[field].found(f"nodeName is `{value}`: {reason}", help=instead(value, names.dns_subdomain))
    if not present:
        yield node.found(f"one of {', '.join(fields)} is needed", help="say on which nodes the devices are", key=True)
    elif len(present) > 1:
        yield node.found(f"{' and '.join(present)} exclude one another", help="keep one of them", key=True)
