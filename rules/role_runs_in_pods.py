"""A role may run commands in the containers of others.

`pods/exec`, `pods/attach` and ephemeral containers give a shell in any pod in reach, with its Secrets and its
ServiceAccount's token.

Remove the permission; where people need it for an emergency, bind it to them for a while and in one namespace.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find exec, attach and ephemeral containers."""
    for node, resource, verbs in rbac.allowed(permission, "", ("pods/exec", "pods/attach"), ("create", "get")):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}: a shell in every container",
            help="remove it, or bind it to people and for a while only",
        )
    for node, resource, verbs in rbac.allowed(permission, "", ("pods/ephemeralcontainers",), ("update", "patch")):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}: a shell in every container",
            help="remove it, or bind it to people and for a while only",
        )
