"""The image of a container in a Pod has blanks around it.

The API server refuses the Pod. In a workload's template it accepts the same text, and the pods made from it are
refused: the workload stays at none.

Remove the blanks; a line break at the end of a block scalar (`image: |`) counts too.

See https://kubernetes.io/docs/concepts/containers/images/#image-names
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, PodSpec, rule
from kubetrial.lint.yaml import edits


@rule(Category.REJECTED)
def check(container: Container) -> Findings:
    """Find padded images of Pods; follows validateContainerOnlyForPod in pkg/apis/core/validation."""
    image = container.value.get("image")
    if not image or (not image[0].isspace() and not image[-1].isspace()):
        return
    pod = container.up(PodSpec)
    if pod is not None and pod.owner.kind == "Pod":
        bare = image.strip()
        fix = edits.fixed("remove the blanks", edits.replace_value(container["image"], bare), safe=bool(bare))
        yield container["image"].found(f"the image `{image}` has blanks around it", help=f"write `{bare}`", fix=fix)
