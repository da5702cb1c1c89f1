"""Who gives an object its name: the manifest or the server."""

from __future__ import annotations

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
