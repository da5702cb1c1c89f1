"""A SecurityContextConstraints of OpenShift allows privileged containers.

Whoever may use it runs containers that are root on their node.

Write `allowPrivilegedContainer: false`, and bind the built-in `privileged` constraint only to the agents that need
it.

See https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/authentication_and_authorization/managing-pod-security-policies
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule


@rule(Category.SECURITY, needs=("allowPrivilegedContainer",))
def check(obj: Object) -> Findings:
    """Find allowPrivilegedContainer: true."""
    if obj.kind == "SecurityContextConstraints" and obj.get("allowPrivilegedContainer") is True:
        yield obj["allowPrivilegedContainer"].found(
            "whoever may use these constraints runs privileged containers", help="write false"
        )
