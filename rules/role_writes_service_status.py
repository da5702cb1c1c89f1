"""A role may write the status of Services.

The addresses of a load balancer stand in `services/status`. Who writes them draws the traffic for that address to
the Service (CVE-2020-8554): only the cloud's controller has to.

Remove `services/status`.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find writing verbs on services/status."""
    for node, _, verbs in rbac.allowed(permission, "", ("services/status",), ("update", "patch")):
        yield node.found(
            f"this role may {verbs} services/status {rbac.reach(permission)}, and so draw traffic for any address to a Service",
            help="remove services/status",
        )
