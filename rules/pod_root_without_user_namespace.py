"""A container runs as root, and its pod could be in a user namespace.

With `hostUsers: false` root in the container is nobody on the node, and what breaks out can do little there. It
costs nothing in pods that do not use the node's namespaces.

Write `hostUsers: false`, or run the container as another user.

See https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.SECURITY, since=33)
def check(pod: PodSpec) -> Findings:
    """Find runAsUser 0, and added capabilities, in pods that share nothing with their node."""
    values = pod.mapping()
    if values.get("hostUsers") is not None or any(values.get(f) for f in ("hostNetwork", "hostPID", "hostIPC")):
        return
    own = values.get("securityContext") or {}
    for container in pod.all_containers():
        context = container.value.get("securityContext") or {} if container.value else {}
        if context.get("privileged"):
            return
        user = context.get("runAsUser", own.get("runAsUser"))
        other = user is not None or context.get("runAsNonRoot", own.get("runAsNonRoot")) is True
        if user == 0 or (not other and (context.get("capabilities") or {}).get("add")):
            why = "runs as root" if user == 0 else "has added capabilities"
            yield pod["hostUsers"].found(
                f"container {container.name} {why}, and root there is root on the node",
                help="write hostUsers: false, or another user",
            )
            return
