"""A role may act as other users, groups or ServiceAccounts.

`impersonate` without resourceNames is every permission that anybody has: `kubectl --as-group=system:masters` is
cluster-admin.

Name the users or groups in `resourceNames`, or remove the verb.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `impersonate` without resourceNames."""
    for node, resource, _ in rbac.allowed(permission, "", ("users", "groups", "serviceaccounts"), ("impersonate",)):
        yield node.found(
            f"this role may act as any of the {resource} {rbac.reach(permission)}",
            help="name those that are meant in resourceNames",
        )
    for node, resource, _ in rbac.allowed(
        permission, "authentication.k8s.io", ("uids", "userextras", "userextras/*"), ("impersonate",)
    ):
        yield node.found(
            f"this role may act as any of the {resource} {rbac.reach(permission)}",
            help="name those that are meant in resourceNames",
        )
