"""An Ingress names one class by annotation, and another by `ingressClassName`.

Two controllers could claim the Ingress, so the API server refuses it on creation when both are set and differ.

Remove the old annotation and keep `spec.ingressClassName`.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule

_ANNOTATION = "kubernetes.io/ingress.class"


@rule(Category.REJECTED, needs=("ingressClassName",))
def check(ingress: Ingress) -> Findings:
    """Find Ingresses of two classes."""
    old = ingress.annotations.get(_ANNOTATION)
    new = (ingress.mapping().get("spec") or {}).get("ingressClassName")
    if _ANNOTATION in ingress.annotations and new is not None and (old or "") != new:
        yield ingress.at("metadata", "annotations", _ANNOTATION).found(
            f"the annotation says class `{old}` and ingressClassName says `{new}`",
            help="remove the annotation",
            related=(("the field that replaces it", ingress.at("spec", "ingressClassName")),),
        )
