"""A container is privileged or has CAP_SYS_ADMIN, and must not gain privileges.

`allowPrivilegeEscalation: false` and full privileges exclude one another: such a container has nothing left to gain.
The API server refuses the pod.

Remove `privileged` or the capability; where the container really needs them, remove allowPrivilegeEscalation.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, SecurityContext, rule


@rule(Category.REJECTED, needs=("allowPrivilegeEscalation",))
def check(context: SecurityContext) -> Findings:
    """Find privileges beside their denial; follows ValidateSecurityContext in pkg/apis/core/validation."""
    values = context.value
    if values.get("allowPrivilegeEscalation") is not False:
        return
    related = (("privileges are denied here", context["allowPrivilegeEscalation"]),)
    if values.get("privileged"):
        yield context["privileged"].found(
            "`privileged: true` and `allowPrivilegeEscalation: false` exclude one another",
            help="remove one of the two",
            path=context.path,
            related=related,
        )
    for index, capability in enumerate((values.get("capabilities") or {}).get("add") or ()):
        if capability == "CAP_SYS_ADMIN":
            yield context["capabilities"]["add"][index].found(
                "CAP_SYS_ADMIN and `allowPrivilegeEscalation: false` exclude one another",
                help="remove one of the two",
                path=context.path,
                related=related,
            )
