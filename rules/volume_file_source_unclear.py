"""A file of a downward API volume without a source, or with one that it cannot show.

Each item shows one thing: a field of the pod in `fieldRef` (name, namespace, uid, labels, annotations) or a
resource of a container in `resourceFieldRef`. The API server refuses other fields, and both together.

Fields such as status.podIP and spec.nodeName are for environment variables; a volume cannot show them.

See https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, Volume, nearest, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_FIELDS = ("metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid")


@rule(Category.REJECTED, needs=("downwardAPI",))
def check(volume: Volume) -> Findings:
    """Find files that cannot be written; follows validateDownwardAPIVolumeFile in core/validation."""
    values = volume.mapping()
    if values.get("downwardAPI"):
        yield from _files(volume["downwardAPI"])
    if values.get("projected"):
        for index, source in enumerate(values["projected"].get("sources") or ()):
            if source and source.get("downwardAPI"):
                yield from _files(volume["projected"]["sources"][index]["downwardAPI"])


def _files(node: Node) -> Findings:
    for item in node["items"].items():
        field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
        if field is None and resource is None:
            yield item.found("this file has neither `fieldRef` nor `resourceFieldRef`", help="say what it shows")
        elif field is not None and resource is not None:
            yield item.found("this file has `fieldRef` and `resourceFieldRef`", help="keep one of them")
        if field is not None:
            yield from _field(item["fieldRef"], field)
        elif resource is not None:
            yield from _resource(item["resourceFieldRef"], resource)


def _field(node: Node, values: dict[str, Any]) -> Findings:
    path = values.get("fieldPath") or ""
    if not path:
        return
    if values.get("apiVersion") not in (None, "", "v1"):
        yield node["apiVersion"].found(
            f"apiVersion is `{values['apiVersion']}`; pods have v1", help="remove it", path=node["fieldPath"].path
        )
        return
    base, bracket, key = path.removesuffix("']").partition("['")
    if path.endswith("']") and bracket and base:
        if base not in ("metadata.labels", "metadata.annotations"):
            yield node["fieldPath"].found(
                f"`{base}` has no keys; only metadata.labels and metadata.annotations have", help=f"write `{base}`"
            )
        elif reason := names.qualified_name(key if base == "metadata.labels" else key.lower()):
            yield node["fieldPath"].found(f"the key `{key}`: {reason}", help=instead(key, names.qualified_name))
    elif path not in _FIELDS:
        close = nearest(path, _FIELDS)
        yield node["fieldPath"].found(
            f"a volume cannot show `{path}`; it can show {', '.join(_FIELDS)}",
            help=f"write `{close}`" if close else "use an environment variable",
        )


def _resource(node: Node, values: dict[str, Any]) -> Findings:
    if not values.get("containerName"):
        yield node["containerName"].found(
            "`containerName` is missing: in a volume, the resource is one of a container", help="name the container"
        )
