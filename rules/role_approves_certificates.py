"""A role may approve or sign certificate requests.

A client certificate is an identity: who approves requests of `kubernetes.io/kube-apiserver-client` makes
certificates for any user or group but system:masters, and they cannot be revoked.

Limit the signer by `resourceNames`, and give the permission to the approving controller only.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find approval, signing and signers without resourceNames."""
    for node, resource, verbs in rbac.allowed(
        permission, "certificates.k8s.io", ("certificatesigningrequests/approval",), ("update", "patch")
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}: certificates for any user",
            help="limit the signer by resourceNames",
        )
    for node, resource, verbs in rbac.allowed(
        permission, "certificates.k8s.io", ("certificatesigningrequests/status",), ("update", "patch")
    ):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}: certificates for any user",
            help="limit the signer by resourceNames",
        )
    for node, resource, verbs in rbac.allowed(permission, "certificates.k8s.io", ("signers",), ("approve", "sign")):
        yield node.found(
            f"this role may {verbs} {resource} {rbac.reach(permission)}: certificates for any user",
            help="limit the signer by resourceNames",
        )
