"""Mounts of a container that is not privileged would reach the node.

`mountPropagation: Bidirectional` shows what a container mounts to its host and to other pods; only privileged
containers may. The API server refuses the pod.

Write HostToContainer, or set `securityContext.privileged: true` on the container if it is a driver that mounts for
others.

See https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.REJECTED, needs=("volumeMounts",))
def check(container: Container) -> Findings:
    """Find propagation without the right to it; follows validateMountPropagation in pkg/apis/core/validation."""
    for index, mount in enumerate(container.value.get("volumeMounts") or ()):
        if mount and mount.get("mountPropagation") == "Bidirectional":
            if (container.value.get("securityContext") or {}).get("privileged"):
                return
            yield container["volumeMounts"][index]["mountPropagation"].found(
                f"mountPropagation Bidirectional is for privileged containers; `{container.name}` is not privileged",
                help="write HostToContainer, or set `securityContext.privileged: true`",
            )
