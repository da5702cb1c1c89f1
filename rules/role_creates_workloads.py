"""A role may create pods, or objects that make pods.

A pod can mount every Secret of its namespace and use every ServiceAccount there, and without Pod Security it is
root on a node: who creates pods has all that.

Give it to deployers and controllers only, in their own namespaces, and let Pod Security limit what pods may do.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `create` on pods and on the kinds that make pods."""
    for node, resource, verbs in rbac.allowed(permission, "", ("pods", "replicationcontrollers"), ("create",)):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}, and so use all Secrets and ServiceAccounts there",
            help="give it to deployers only, in their own namespaces",
        )
    for node, resource, verbs in rbac.allowed(
        permission, "apps", ("deployments", "statefulsets", "daemonsets", "replicasets"), ("create",)
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}, and so use all Secrets and ServiceAccounts there",
            help="give it to deployers only, in their own namespaces",
        )
    for node, resource, verbs in rbac.allowed(permission, "batch", ("jobs", "cronjobs"), ("create",)):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}, and so use all Secrets and ServiceAccounts there",
            help="give it to deployers only, in their own namespaces",
        )
