"""A role may give away more than it has itself.

The API server lets nobody grant what he does not have. `escalate` on roles and `bind` on roles lift that; who may
write bindings or roles as well is cluster-admin whenever he likes. Writing bindings alone hands on the own
permissions to others.

Name the roles that may be bound in `resourceNames`, and leave bindings to administrators.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac

_GROUP = "rbac.authorization.k8s.io"


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `bind` and `escalate`, and writing verbs on bindings."""
    for node, resource, verbs in rbac.allowed(permission, _GROUP, ("roles", "clusterroles"), ("bind", "escalate")):
        yield node.found(
            f"this role may {verbs} {resource}, and so get any permission {rbac.reach(permission)}",
            help="name the roles that may be bound in resourceNames",
        )
    bindings = ("rolebindings", "clusterrolebindings")
    for node, resource, verbs in rbac.allowed(permission, _GROUP, bindings, rbac.WRITE):
        yield node.found(
            f"this role may {verbs} {resource}, and so hand its permissions on to anybody {rbac.reach(permission)}",
            help="leave bindings to administrators",
        )
