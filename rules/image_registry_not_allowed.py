"""An image from a registry that the configuration does not allow.

Silent unless configured: `allowed` and `forbidden` are lists of registries, or of the beginnings of names such as
`registry.example/shop/`. An image without a registry is from docker.io.

Push the image to an allowed registry, or change the configuration.

See https://kubernetes.io/docs/concepts/containers/images/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.facts import images


@rule(Category.ADVICE)
def check(container: Container, *, allowed: tuple[str, ...] = (), forbidden: tuple[str, ...] = ()) -> Findings:
    """Find images whose full name begins with none of `allowed`, or with one of `forbidden`."""
    text = container.value.get("image")
    if text.__class__ is not str or not text or "$" in text:
        return
    name = images.read(text).name
    if any(_begins(name, one) for one in forbidden) or (allowed and not any(_begins(name, one) for one in allowed)):
        yield container["image"].found(
            f"the image {name} is from a registry that is not allowed",
            help=f"take it from {' or '.join(allowed)}" if allowed else "push it to a registry that the nodes reach",
        )


def _begins(name: str, prefix: str) -> bool:
    return name.startswith(prefix if prefix.endswith("/") else prefix + "/") or name == prefix
