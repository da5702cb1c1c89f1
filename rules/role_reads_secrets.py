"""A role may read Secrets.

Who reads Secrets has the tokens, passwords and keys of everything in the namespace, or in the cluster: `list` and
`watch` give the contents just as `get` does.

Name the Secrets in `resourceNames`, with the verb `get` alone, or mount them into the pods that need them.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `get`, `list` and `watch` on Secrets without resourceNames."""
    for node, _, verbs in rbac.allowed(permission, "", ("secrets",), ("get", "list", "watch")):
        yield node.found(
            f"this role may {verbs} every Secret {rbac.reach(permission)}",
            help="name the Secrets in resourceNames and allow get alone",
        )
