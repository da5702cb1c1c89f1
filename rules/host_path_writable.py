"""A container may write to a path of its node.

Files that a pod writes to the node stay there after it, fill its disk past all quotas, and are read by programs of
the node and by other pods: a way to take the node over.

Write `readOnly: true` at the mount, or use another sort of volume.

See https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.SECURITY, needs=("volumes",))
def check(pod: PodSpec) -> Findings:
    """Find mounts of hostPath volumes without readOnly."""
    volumes = pod.value.get("volumes")
    if not volumes:
        return
    paths = {v.get("name"): v["hostPath"].get("path") for v in volumes if v and v.get("hostPath")}
    if not paths:
        return
    for container in pod.all_containers():
        for mount in container["volumeMounts"].items():
            name = mount.get("name")
            if name in paths and mount.get("readOnly") is not True and not str(paths[name]).endswith(".sock"):
                yield mount.found(
                    f"container {container.name} may write to {paths[name]} of its node",
                    consequence="what it writes outlives the pod, and other programs of the node read it",
                    help="write readOnly: true, or use another sort of volume",
                )
