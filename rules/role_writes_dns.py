"""A role may write the ConfigMap of the cluster's DNS.

CoreDNS reads its configuration from a ConfigMap in kube-system. Who writes it answers every name in the cluster as
he likes.

Name the ConfigMaps that the program owns in `resourceNames`, or allow them in the program's own namespace by a
Role.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `update` and `patch` on ConfigMaps where the one of CoreDNS lives."""
    root = permission.root
    names = permission.get("resourceNames") or ()
    if names and "coredns" in names and "configmaps" in (permission.get("resources") or ()):
        if {"update", "patch", "*"} & set(permission.get("verbs") or ()):
            yield permission["resourceNames"].found(
                "this role may change the ConfigMap coredns", help="leave it to administrators", key=True
            )
        return
    if root.get("kind") == "Role" and root["metadata"].get("namespace") != "kube-system":
        return
    for node, _, verbs in rbac.allowed(permission, "", ("configmaps",), ("update", "patch")):
        yield node.found(
            f"this role may {verbs} every ConfigMap {rbac.reach(permission)}, that of the cluster's DNS among them",
            help="name the ConfigMaps in resourceNames, or use a Role in the program's own namespace",
        )
