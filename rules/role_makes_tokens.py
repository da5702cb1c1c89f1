"""A role may make tokens for any ServiceAccount.

`create` on `serviceaccounts/token` gives the permissions of every ServiceAccount in reach, for as long as the token
lives.

Name the ServiceAccounts in `resourceNames`.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint import rbac
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PolicyRule
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `create` on serviceaccounts/token without resourceNames."""
    for node, _, _ in rbac.allowed(permission, "", ("serviceaccounts/token",), ("create",)):
        yield node.found(
            f"this role may make tokens for every ServiceAccount {rbac.reach(permission)}",
            help="name the ServiceAccounts in resourceNames",
        )
