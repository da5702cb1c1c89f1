"""A role may make tokens for any ServiceAccount.

`create` on `serviceaccounts/token` gives the permissions of every ServiceAccount in reach, for as long as the token
lives.

Name the ServiceAccounts in `resourceNames`.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `create` on serviceaccounts/token without resourceNames."""
    for node, _, _ in rbac.allowed(permission, "", ("serviceaccounts/token",), ("create",)):
        yield node.found(
            f"this role may make tokens for every ServiceAccount {rbac.reach(permission)}",
            help="name the ServiceAccounts in resourceNames",
        )
