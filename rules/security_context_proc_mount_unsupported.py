"""The way in which a container sees `/proc` is unknown, or shows too much.

`procMount` is Default or Unmasked. Unmasked shows the whole of `/proc` and is only for pods with their own user
namespace, that is `hostUsers: false`. The API server refuses the pod.

Remove procMount, or set `hostUsers: false` on the pod.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#proc-access
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, SecurityContext, rule


@rule(Category.REJECTED, since=33, needs=("procMount",))
def check(context: SecurityContext) -> Findings:
    """Find procMount that cannot be; follows ValidateProcMountType and ValidateSecurityContext."""
    mount = context.value.get("procMount")
    if mount is None or mount == "Default":
        return
    if mount != "Unmasked":
        yield context["procMount"].found(
            f"procMount is `{mount}`; supported: Default, Unmasked", help="write Default, or remove it"
        )
        return
    pod = context.up(PodSpec)
    if pod is not None and pod.mapping().get("hostUsers") is not False:
        yield context["procMount"].found(
            "procMount Unmasked needs `hostUsers: false` on the pod", help="set it, or write Default"
        )
