"""An Ingress without rules and without a default backend.

It would send no request anywhere, and the API server refuses it.

Add `rules`, or a `defaultBackend` that takes everything.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ingress, rule


@rule(Category.REJECTED)
def check(ingress: Ingress) -> Findings:
    """Find Ingresses that route nothing."""
    spec = ingress.mapping().get("spec") or {}
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        yield ingress["spec"].found(
            "this Ingress has neither `rules` nor a `defaultBackend`", help="add one of the two", key=True
        )
