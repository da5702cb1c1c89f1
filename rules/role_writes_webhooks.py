"""A role may change which webhooks and policies judge requests.

A mutating webhook sees and changes every object that is written, Secrets among them; deleting a validating one
removes its protection.

Name the configuration in `resourceNames`; controllers that fill in a caBundle need no more than `get` and `patch`
on their own.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find writing verbs on admission configuration without resourceNames."""
    for node, resource, verbs in rbac.allowed(
        permission,
        "admissionregistration.k8s.io",
        (
            "mutatingwebhookconfigurations",
            "validatingwebhookconfigurations",
            "mutatingadmissionpolicies",
            "validatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "validatingadmissionpolicybindings",
        ),
        ("create", "update", "patch", "delete"),
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}",
            help="name the configuration in resourceNames",
        )
