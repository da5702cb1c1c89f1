"""A tag that moves, and a pull policy that does not look for the new image.

With IfNotPresent or Never a node keeps the first `latest` that it has seen: nodes run different programs, and a
rollout changes nothing.

Write a version as the tag. Where the tag has to move, write `imagePullPolicy: Always`. With the option `always`
every container has to ask the registry, which also checks that the pod may use the image.

See https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.facts import images


@rule(Category.ADVICE)
def check(container: Container, *, always: bool = False, tags: tuple[str, ...] = ("latest",)) -> Findings:
    """Find IfNotPresent and Never beside a moving tag."""
    text, policy = container.value.get("image"), container.value.get("imagePullPolicy")
    if text.__class__ is not str or not text or " " in text:
        return
    image = images.read(text)
    moves = not image.digest and (not image.tag or image.tag in tags)
    if moves and policy in ("IfNotPresent", "Never"):
        yield container["imagePullPolicy"].found(
            f"imagePullPolicy {policy} keeps whatever {text} was when a node first saw it",
            consequence="nodes run different programs, and a rollout changes nothing",
            help="write a version as the tag, or imagePullPolicy: Always",
        )
    elif always and policy != "Always" and not (moves and policy is None):
        yield container["imagePullPolicy"].found("imagePullPolicy is not Always", help="write imagePullPolicy: Always")
