"""A container that runs as an ordinary user, with a claim that nothing gives to that user.

A new volume of block storage belongs to root. The kubelet changes its group only with `fsGroup`: without it a program
with another user ends with "permission denied" at its first write.

Write `fsGroup` in the securityContext of the pod.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, Node, PodSpec, rule


@rule(Category.ADVICE, needs=("securityContext",))
def check(pod: PodSpec) -> Findings:
    """Follows SetVolumeOwnership in pkg/volume: it acts only with fsGroup. A root init container may have done it."""
    names = pod.claim_names() if pod.get("volumes") or pod.owner.kind == "StatefulSet" else set()
    context = pod["securityContext"]
    if not names or context.get("fsGroup") is not None:
        return
    for container in pod.containers():
        user = _user(container, context)
        if not isinstance(user.value, int) or user.value == 0 or isinstance(user.value, bool):
            continue
        for mount in container["volumeMounts"].items():
            if mount.get("name") not in names or mount.get("readOnly") is True:
                continue
            if any(_may_give(other, context, mount.get("name")) for other in pod.init_containers()):
                continue
            yield user.found(
                f"{container.name} runs as user {user.value} and mounts the claim {mount.get('name')}, and the pod has no fsGroup",
                consequence="a new volume belongs to root: the program cannot write to it (permission denied)",
                help=f"write fsGroup: {user.value} in the securityContext of the pod",
                related=(("the mount", mount["mountPath"]),),
            )
            return


def _user(container: Container, context: Node) -> Node:
    own = container["securityContext"]["runAsUser"]
    return own if own.present else context["runAsUser"]


def _may_give(container: Container, context: Node, volume: object) -> bool:
    """Whether an init container with the volume runs as root, or as nobody knows whom."""
    mounts = any(mount.get("name") == volume for mount in container["volumeMounts"].items())
    return mounts and _user(container, context).value in (0, None)
