"""An object without a name.

The API server keeps objects under their names and refuses one that has neither `metadata.name` nor
`metadata.generateName`. A misspelt or misplaced `metadata` has the same effect.

Write `metadata.name`; with `generateName` the server adds five random characters, which suits objects that are only
created (`kubectl create`), never applied.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, CustomResourceDefinition, Findings, Object, rule
from kubetrial.lint.objects.identity import BUILT_IN, is_stored, without_name

# Requests that are answered at once and not kept, files for programs, and the kind that the server names by itself.
_UNNAMED = ("Binding", "Eviction", "Scale", "TokenRequest", "List", "Config", "LimitRange")


@rule(Category.REJECTED)
def check(obj: Object, cluster: Cluster) -> Findings:
    """Find objects without name and generateName: of built-in kinds, of those that the set defines, and others that have metadata."""
    found = without_name(obj)
    if found is not None and (needs_name(obj) or is_stored(obj) or is_defined(obj, cluster)):
        yield found


def needs_name(obj: Object) -> bool:
    """Whether it is an object of an API group that every cluster has, of a kind that is stored under its own name."""
    return obj.group in BUILT_IN and obj.kind not in _UNNAMED


def is_defined(obj: Object, cluster: Cluster) -> bool:
    """Whether a CustomResourceDefinition of the set defines the kind."""
    if "." not in obj.group:
        return False
    return any(
        crd["spec"].get("group") == obj.group and crd["spec"]["names"].get("kind") == obj.kind
        for crd in cluster.all(CustomResourceDefinition)
    )
