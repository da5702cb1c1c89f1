"""What a container mounts appears on its node and in other pods.

`mountPropagation: Bidirectional` hands mounts on to the node. A container that mounts over the node's folders
replaces its programs, and what it forgets to unmount stays behind. Only storage drivers need it.

Remove it, or write HostToContainer where the container only has to see the node's mounts.

See https://kubernetes.io/docs/concepts/storage/volumes/#mount-propagation
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.SECURITY, needs=("volumeMounts",))
def check(container: Container) -> Findings:
    """Find mounts with Bidirectional."""
    for index, mount in enumerate(container.value.get("volumeMounts") or ()):
        if mount and mount.get("mountPropagation") == "Bidirectional":
            yield container["volumeMounts"][index]["mountPropagation"].found(
                f"mounts that container `{container.name}` makes below {mount.get('mountPath')} appear on its node",
                help="remove it, or write HostToContainer",
            )
