"""A role may speak to the kubelets past the API server.

`nodes/proxy` reaches the kubelet's own API: commands in every container of the node, without admission and without
the audit log. Even `get` is enough for exec by web socket.

For metrics allow `nodes/metrics` and `nodes/stats` instead.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find nodes/proxy."""
    for node, _, verbs in rbac.allowed(
        permission, "", ("nodes/proxy",), ("get", "create", "update", "patch", "delete")
    ):
        yield node.found(
            f"this role may {verbs} nodes/proxy: commands in every container of every node, past admission and audit",
            help="allow nodes/metrics or nodes/stats instead",
        )
