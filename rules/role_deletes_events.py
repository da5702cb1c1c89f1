"""A role may delete events, and with them its traces.

Events show what was started, killed and refused. Programs write them; hardly one has to delete them, and intruders
do.

Remove `delete` and `deletecollection`: events expire by themselves.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `delete` on events of either group."""
    for node, _, verbs in rbac.allowed(permission, "", ("events",), ("delete", "deletecollection")):
        yield node.found(
            f"this role may {verbs} events {rbac.reach(permission)}",
            help="remove the verb: events expire by themselves",
        )
    for node, _, verbs in rbac.allowed(permission, "events.k8s.io", ("events",), ("delete", "deletecollection")):
        yield node.found(
            f"this role may {verbs} events {rbac.reach(permission)}",
            help="remove the verb: events expire by themselves",
        )
