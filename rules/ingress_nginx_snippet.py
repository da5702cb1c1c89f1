"""An Ingress brings configuration of its own into the NGINX of all.

A snippet annotation is put into the controller's configuration as it stands. Through it whoever may write an
Ingress reads the controller's ServiceAccount token and with it all Secrets of the cluster (CVE-2021-25742).
Controllers refuse snippets by default since 1.9.

Use the annotation or ConfigMap setting that exists for the purpose, and set `allow-snippet-annotations: "false"`.

See https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations-risk/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule


@rule(Category.SECURITY, needs=("annotations",))
def check(ingress: Ingress) -> Findings:
    """Find annotations of ingress-nginx that end in -snippet."""
    for key in ingress.annotations:
        if key.startswith("nginx.ingress.kubernetes.io/") and key.endswith("-snippet"):
            yield ingress.at("metadata", "annotations", key).found(
                f"{key.partition('/')[2]} puts text of this Ingress into the configuration of the whole controller",
                consequence="whoever may write an Ingress can read all Secrets that the controller reads",
                help="use the annotation that exists for the purpose",
                key=True,
            )
