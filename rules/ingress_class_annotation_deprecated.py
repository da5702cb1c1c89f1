"""The class of an Ingress is given by an annotation.

`kubernetes.io/ingress.class` was replaced by `spec.ingressClassName`; not every controller still reads it, and the
default class does not apply to an Ingress that has it. The API server takes it, with a warning.

Write `spec.ingressClassName`, and check that an IngressClass of that name exists. The classes `gce` and `gce-internal` are
left alone: the controller of GKE reads nothing but the annotation.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule

_ANNOTATION = "kubernetes.io/ingress.class"
_ONLY_SO = ("gce", "gce-internal")
"""Classes whose controller, that of GKE, reads the annotation and no field."""


@rule(Category.RISKY, needs=("annotations",))
def check(ingress: Ingress) -> Findings:
    """Find Ingresses of an annotated class."""
    annotated = ingress.annotations.get(_ANNOTATION)
    if (
        annotated is not None
        and annotated not in _ONLY_SO
        and (ingress.mapping().get("spec") or {}).get("ingressClassName") is None
    ):
        yield ingress.at("metadata", "annotations", _ANNOTATION).found(
            f"the annotation `{_ANNOTATION}` is deprecated", help="write `spec.ingressClassName`", key=True
        )
