"""A role may open connections to any port of any pod.

`pods/portforward` passes NetworkPolicies and Services by: databases and admin ports that trust the cluster's
network are reached from a laptop.

Remove the permission, or give it in one namespace.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find pods/portforward."""
    for node, resource, verbs in rbac.allowed(permission, "", ("pods/portforward",), ("create", "get")):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}, past every NetworkPolicy",
            help="remove it, or give it in one namespace only",
        )
