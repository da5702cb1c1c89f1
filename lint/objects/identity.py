"""Who gives an object its name: the manifest or the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubetrial.lint.objects.views import Object
    from kubetrial.lint.yaml.node import Found

BUILT_IN = frozenset((
    "", "apps", "autoscaling", "batch", "extensions", "policy", "admissionregistration.k8s.io", "apiextensions.k8s.io",
    "apiregistration.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
    "flowcontrol.apiserver.k8s.io", "lifecycle.k8s.io", "networking.k8s.io", "node.k8s.io",
    "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
))  # fmt: skip
"""The API groups of every cluster whose objects are stored under their names."""


# Groups with k8s.io that are no API of a cluster, but settings of programs.
_SETTINGS = ("config.k8s.io", "kubeadm.k8s.io", "kind.x-k8s.io")


def is_of_server(group: str) -> bool:
    """Whether objects of this API group go to a server; Kustomizations and other settings have apiVersions too."""
    return group in BUILT_IN or ("." in group and not group.endswith(_SETTINGS))


def is_stored(obj: Object) -> bool:
    """Whether a custom object is one that a server keeps under its name, whatever its kind: it has metadata.

    Questions that are answered at once (`SubjectAccessReview` and its like) and settings of programs have no name.
    """
    return (
        obj.group not in BUILT_IN
        and is_of_server(obj.group)
        and not obj.group.endswith(".k8s.io")
        and obj.value.get("metadata").__class__ is dict
        and not obj.kind.endswith(_UNNAMED)
    )


_UNNAMED = ("Review", "Request", "Config", "Configuration", "Options", "List")


def without_name(obj: Object) -> Found | None:
    """What is wrong with an object of a kind that is stored under its name where it has neither name nor generateName."""
    metadata = obj.value.get("metadata")
    if metadata is None:
        metadata = {}
    if metadata.__class__ is not dict or metadata.get("name") or metadata.get("generateName"):
        return None
    if metadata.get("name") not in (None, "") or metadata.get("generateName") not in (None, ""):
        return None  # of a wrong type, which is said elsewhere
    name = obj["metadata"]["name"]
    return name.found(
        "the object has no name",
        help="write metadata.name, or metadata.generateName for an object that is only created",
        consequence="the API server refuses it",
        key=not name.present,
        path="metadata.name",
    )
