"""A container may change its own programs.

Without `readOnlyRootFilesystem` whoever breaks in can put tools next to the program and replace it until the
container restarts, and the program fills the node's disk with what it writes.

Write `securityContext.readOnlyRootFilesystem: true`, and mount an emptyDir where the program writes. Windows pods
are spared.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.SECURITY)
def check(container: Container) -> Findings:
    """Find lasting containers without readOnlyRootFilesystem: true."""
    context = container.value.get("securityContext") or {}
    if context.get("readOnlyRootFilesystem") is True or context.get("privileged") is True:
        return
    if (container.is_init and not container.is_sidecar) or container.pod["os"].get("name") == "windows":
        return
    yield container["securityContext"]["readOnlyRootFilesystem"].found(
        f"container {container.name} may write to its own file system",
        help="write securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where it has to write",
    )
