"""A resize would restart a container that must not be restarted.

With the pod's `restartPolicy: Never`, a resize cannot restart containers either: `resizePolicy` can only say
NotRequired. Nor can init containers that are no sidecars be restarted. The API server refuses the pod.

Write `restartPolicy: NotRequired` in the resize policy, or choose another restart policy for the pod.

See https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#container-resize-policies
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, rule

_INIT_SINCE = 36
"""The first minor whose server refuses it for init containers."""


@rule(Category.REJECTED, since=33, needs=("resizePolicy",))
def check(container: Container, cluster: Cluster) -> Findings:
    """Find restarts that cannot be; follows validateResizePolicy and validateInitContainers."""
    policies = container.value.get("resizePolicy")
    if not policies:
        return
    never = container.pod.restart_policy == "Never"
    for index, policy in enumerate(policies):
        wanted = (policy or {}).get("restartPolicy") or ""
        node = container["resizePolicy"][index]["restartPolicy"]
        if never and wanted != "NotRequired":
            yield node.found(
                f"a resize with `{wanted}` would restart a container of a pod with restartPolicy Never",
                help="write NotRequired",
                path=container["resizePolicy"].path,
            )
        is_init = container.is_init and not container.is_sidecar and cluster.minor >= _INIT_SINCE
        if wanted == "RestartContainer" and is_init:
            yield node.found("a resize cannot restart an init container that is no sidecar", help="write NotRequired")
