"""An image that does not come from our registry.

Nodes pull it from the internet.

Push it to registry.example.com, and write that name.

See https://kubernetes.io/docs/concepts/containers/images/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.RISKY)
def check(container: Container, *, registry: str = "registry.example.com") -> Findings:
    """Find images of other registries."""
    image = container.get("image", "")
    if image and not image.startswith(registry + "/"):
        yield container["image"].found(f"the image {image} is not from {registry}")
