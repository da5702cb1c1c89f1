"""A role may delete workloads.

Whoever gets hold of this role's token stops services, and with `deletecollection` all of a namespace at once.

Remove `delete` and `deletecollection` where the program never deletes.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `delete` and `deletecollection` on workloads and namespaces."""
    for node, resource, verbs in rbac.allowed(
        permission, "", ("pods", "replicationcontrollers", "namespaces"), ("delete", "deletecollection")
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}",
            help="remove the verb where the program never deletes",
        )
    for node, resource, verbs in rbac.allowed(
        permission, "apps", ("deployments", "statefulsets", "daemonsets", "replicasets"), ("delete", "deletecollection")
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}",
            help="remove the verb where the program never deletes",
        )
    for node, resource, verbs in rbac.allowed(
        permission, "batch", ("jobs", "cronjobs"), ("delete", "deletecollection")
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}",
            help="remove the verb where the program never deletes",
        )
