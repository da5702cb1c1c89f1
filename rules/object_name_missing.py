"""An object without a name.

The API server keeps objects under their names and refuses one that has neither `metadata.name` nor
`metadata.generateName`. A misspelt or misplaced `metadata` has the same effect.

Write `metadata.name`; with `generateName` the server adds five random characters, which suits objects that are only
created (`kubectl create`), never applied.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule

BUILT_IN = frozenset((
    "", "apps", "autoscaling", "batch", "extensions", "policy", "admissionregistration.k8s.io", "apiextensions.k8s.io",
    "apiregistration.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
    "flowcontrol.apiserver.k8s.io", "lifecycle.k8s.io", "networking.k8s.io", "node.k8s.io",
    "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
))  # fmt: skip
"""The API groups of every cluster whose objects are stored under their names."""
# Groups with k8s.io that are no API of a cluster, but settings of programs.
_SETTINGS = ("config.k8s.io", "kubeadm.k8s.io", "kind.x-k8s.io")
# Requests that are answered at once and not kept, files for programs, and the kind that the server names by itself.
_UNNAMED = ("Binding", "Eviction", "Scale", "TokenRequest", "List", "Config", "LimitRange")


@rule(Category.REJECTED)
def check(obj: Object) -> Findings:
    """Find objects of built-in kinds without name and generateName."""
    metadata = obj.value.get("metadata")
    if metadata is None:
        metadata = {}
    if metadata.__class__ is not dict or metadata.get("name") or metadata.get("generateName"):
        return
    if metadata.get("name") not in (None, "") or metadata.get("generateName") not in (None, ""):
        return  # of a wrong type, which is said elsewhere
    if needs_name(obj):
        node = obj["metadata"]
        name = node["name"]
        yield name.found(
            "the object has no name",
            help="write metadata.name, or metadata.generateName for an object that is only created",
            consequence="the API server refuses it",
            key=not name.present,
            path="metadata.name",
        )


def is_of_server(group: str) -> bool:
    """Whether objects of this API group go to a server; Kustomizations and other settings have apiVersions too."""
    return group in BUILT_IN or ("." in group and not group.endswith(_SETTINGS))


def needs_name(obj: Object) -> bool:
    """Whether it is an object of an API group that every cluster has, of a kind that is stored under its own name."""
    return obj.group in BUILT_IN and obj.kind not in _UNNAMED
