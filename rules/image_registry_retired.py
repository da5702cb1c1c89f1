"""An image from a registry or repository that is given up.

k8s.gcr.io has got no new images since April 2023 and is only redirected; gcr.io/google_containers is older still.
Bitnami moved the versioned images of docker.io/bitnami to bitnamilegacy in 2025. Sooner or later the pull fails,
and nothing is patched until then.

Write registry.k8s.io for Kubernetes' own images, and another source for the others.

See https://kubernetes.io/blog/2023/03/10/image-registry-redirect/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.facts import images
from kubetrial.lint.yaml import edits

_RETIRED = {
    "k8s.gcr.io/": "registry.k8s.io",
    "gcr.io/google_containers/": "registry.k8s.io",
    "gcr.io/google-containers/": "registry.k8s.io",
    "docker.io/bitnami/": "",
    "gcr.io/kubernetes-helm/": "ghcr.io/helm",
}


@rule(Category.ADVICE)
def check(container: Container) -> Findings:
    """Find images of registries that are given up."""
    text = container.value.get("image")
    if text.__class__ is not str or not text:
        return
    name = images.read(text).name
    for prefix, instead in _RETIRED.items():
        if name.startswith(prefix):
            node = container["image"]
            better = f"{instead}/{name[len(prefix) :]}"
            made = (
                edits.replace_value(node, text.replace(prefix, instead + "/", 1))
                if instead and prefix in text
                else None
            )
            yield node.found(
                f"{prefix.rstrip('/')} is given up: nothing there is patched, and pulls are going to fail",
                help=f"write {better}" if instead else "take the image from another source",
                fix=edits.fixed(f"write {better}", made, safe=False),
            )
