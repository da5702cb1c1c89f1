"""A container that runs as user 0 and says runAsNonRoot.

The kubelet refuses to start it: CreateContainerConfigError, "container's runAsUser breaks non-root policy".

Write another user, or take runAsNonRoot away. Fields of the container win over those of the pod.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.BROKEN, needs=("runAsNonRoot",))
def check(container: Container) -> Findings:
    """The effective user and policy of one container; follows verifyRunAsNonRoot in pkg/kubelet/kuberuntime."""
    if not (_asks(container.get("securityContext")) or _asks(container.pod.get("securityContext"))):
        return
    own, pods = container["securityContext"], container.pod["securityContext"]
    user = own["runAsUser"] if own["runAsUser"].present else pods["runAsUser"]
    policy = own["runAsNonRoot"] if own["runAsNonRoot"].present else pods["runAsNonRoot"]
    if user.value == 0 and user.value is not False and policy.value is True:
        yield user.found(
            f"the container {container.name} runs as user 0 and has runAsNonRoot: true",
            consequence="it never starts: CreateContainerConfigError, the kubelet refuses root",
            help="write another user, such as 1000, or runAsNonRoot: false for this container",
            related=(("the policy", policy),),
        )
    elif not user.present and policy.value is True and _is_of_root(container.get("image")):
        yield container["image"].found(
            f"the image of {container.name} names no user and so runs as root, and the container has runAsNonRoot: true",
            consequence="it never starts: CreateContainerConfigError, container has runAsNonRoot and image will run as root",
            help="write runAsUser with a user that the image can work as, or use an image for an ordinary user",
            related=(("the policy", policy),),
        )


def _asks(context: object) -> bool:
    return isinstance(context, dict) and context.get("runAsNonRoot") is True


def _is_of_root(image: object) -> bool:
    from kubetrial.lint.facts.images import starts_as_root  # few containers ask

    return starts_as_root(image)
