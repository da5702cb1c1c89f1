"""A container listens for SSH.

An SSH server in a container is a second way in that neither RBAC nor the audit log of Kubernetes knows, with keys
and passwords of its own.

Use `kubectl exec` or `kubectl debug`. Programs that serve git by SSH can listen on another port, with a Service on
22.

See https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.SECURITY, needs=("ports",))
def check(container: Container) -> Findings:
    """Find the container port 22 (TCP)."""
    for index, port in enumerate(container.value.get("ports") or ()):
        if port and port.get("containerPort") == 22 and port.get("protocol") in (None, "TCP"):
            yield container["ports"][index]["containerPort"].found(
                f"container {container.name} listens on port 22", help="use kubectl exec, or another port"
            )
