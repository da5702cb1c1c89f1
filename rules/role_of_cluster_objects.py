"""A Role, which holds in one namespace, for objects that belong to no namespace.

Nodes, PersistentVolumes, StorageClasses, ClusterRoles and the like belong to no namespace. A request for them carries
none, and a RoleBinding counts only for requests with its namespace: the rule is accepted and allows nothing.

Write a ClusterRole with this rule, and a ClusterRoleBinding.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule

_RESOURCES = {
    "": ("nodes", "persistentvolumes", "componentstatuses"),
    "admissionregistration.k8s.io": (
        "mutatingwebhookconfigurations",
        "validatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
    ),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
    "apiregistration.k8s.io": ("apiservices",),
    "authentication.k8s.io": ("tokenreviews",),
    "authorization.k8s.io": ("subjectaccessreviews",),
    "certificates.k8s.io": ("certificatesigningrequests",),
    "metrics.k8s.io": ("nodes",),
    "networking.k8s.io": ("ingressclasses",),
    "node.k8s.io": ("runtimeclasses",),
    "rbac.authorization.k8s.io": ("clusterroles", "clusterrolebindings"),
    "scheduling.k8s.io": ("priorityclasses",),
    "storage.k8s.io": ("storageclasses", "volumeattachments", "csidrivers", "csinodes"),
}
"""Resources without a namespace; not `namespaces`, as a request for one namespace carries its name as its namespace."""
_ASKED_IN_A_NAMESPACE = frozenset(("use", "bind", "escalate"))
"""Verbs that are asked for what is done in a namespace: which ClusterRole a RoleBinding there may name."""


@rule(Category.RISKY, needs=("apiGroups", "resources"))
def check(allowed: PolicyRule) -> Findings:
    """Follows visitRulesFor in pkg/registry/rbac/validation: bindings of a namespace are read only if the request has one."""
    verbs, resources = allowed.get("verbs"), allowed.get("resources")
    if allowed.root.get("kind") != "Role" or not isinstance(verbs, list) or not isinstance(resources, list):
        return
    if not _ASKED_IN_A_NAMESPACE.isdisjoint(map(str, verbs)):
        return
    known = {name for group in allowed.get("apiGroups") or () for name in _RESOURCES.get(str(group), ())}
    far = [index for index, name in enumerate(resources) if str(name).partition("/")[0] in known]
    if far:
        name = resources[far[0]]
        others = f" and {len(far) - 1} more" if len(far) > 1 else ""
        yield allowed["resources"][far[0]].found(
            f"{name}{others} belong to no namespace, and a Role allows nothing outside of its own",
            consequence=f"requests for {name} end with 403 Forbidden, whoever this Role is bound to",
            help="write a ClusterRole with this rule, and a ClusterRoleBinding",
        )
