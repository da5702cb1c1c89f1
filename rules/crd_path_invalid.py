"""A path into a custom resource that the API server cannot follow.

Printed columns, the scale subresource and selectable fields are found by paths with dots: `.spec.replicas`. Replicas are counted
below `.spec` and `.status`, and a selectable field is a declared text, number or truth value outside of metadata, at most eight of
them. The API server refuses the rest.

Begin the path with a dot, and name fields of the schema.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#subresources
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.api.custom import structural
from kubetrial.lint.authoring import Category, CustomResourceDefinition, Findings, Node, rule, shown

MAX_SELECTABLE = 8
SCALE = {
    "specReplicasPath": (".spec.",),
    "statusReplicasPath": (".status.",),
    "labelSelectorPath": (".spec.", ".status."),
}


@rule(Category.REJECTED, needs=("versions",))
def check(crd: CustomResourceDefinition) -> Findings:
    """Find paths that lead nowhere; follows validateSimpleJSONPath and its callers in apiextensions-apiserver."""
    for version in crd["spec"]["versions"].items():
        for column in version["additionalPrinterColumns"].items():
            path = column.get("jsonPath")
            if path and path[0] != ".":
                yield column["jsonPath"].found(
                    f"the path {shown(path)} does not begin with a dot", help=f"write .{path}"
                )
        scale = version["subresources"]["scale"]
        for field, prefixes in SCALE.items():
            path = scale.get(field)
            if path and not path.startswith(prefixes):
                yield scale[field].found(
                    f"{field} is {shown(path)}; it has to begin with {' or '.join(f'`{prefix}`' for prefix in prefixes)}",
                    help=f"write {prefixes[0]}{path.lstrip('.')}",
                )
        if version.get("selectableFields"):
            schema = version["schema"].get("openAPIV3Schema")
            yield from _selectable(version["selectableFields"], schema if schema.__class__ is dict else {})


def _selectable(node: Node, schema: dict[str, Any]) -> Findings:
    seen: set[tuple[str, ...]] = set()
    for item in node.items():
        path = item.get("jsonPath")
        if not path:
            continue
        found = structural.field_at(path, schema, brackets=False)
        if isinstance(found, str):
            yield item["jsonPath"].found(
                f"the path {shown(path)} leads nowhere: {found}", help="write the path of a field that the schema has"
            )
            continue
        names, inner = found
        if names[0] == "metadata":
            yield item["jsonPath"].found(
                f"{shown(path)} is metadata, by which objects can be selected anyway", help="remove it"
            )
        if inner.get("type") not in ("string", "boolean", "integer"):
            yield item["jsonPath"].found(
                f"{shown(path)} is no text, whole number or truth value", help="name a field that is one"
            )
        if names in seen:
            yield item["jsonPath"].found(f"{shown(path)} stands twice in selectableFields", help="remove one of them")
        seen.add(names)
    if len(seen) > MAX_SELECTABLE:
        yield node.found(
            f"there are {len(seen)} selectable fields; at most {MAX_SELECTABLE} are allowed",
            help=f"remove {len(seen) - MAX_SELECTABLE} of them",
            key=True,
        )
