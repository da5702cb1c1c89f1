"""A version of cert-manager's or Istio's API that is gone or going.

The operator's next release does not serve it any more: the object is refused, or the cluster cannot be upgraded
because stored objects are left over.

Write the newer version; the fields are the same but for few.

See https://cert-manager.io/docs/releases/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule

_NEWER = {
    "certmanager.k8s.io/v1alpha1": ("cert-manager.io/v1", "cert-manager 0.11"),
    "cert-manager.io/v1alpha2": ("cert-manager.io/v1", "cert-manager 1.6"),
    "cert-manager.io/v1alpha3": ("cert-manager.io/v1", "cert-manager 1.6"),
    "cert-manager.io/v1beta1": ("cert-manager.io/v1", "cert-manager 1.6"),
    "acme.cert-manager.io/v1alpha2": ("acme.cert-manager.io/v1", "cert-manager 1.6"),
    "acme.cert-manager.io/v1alpha3": ("acme.cert-manager.io/v1", "cert-manager 1.6"),
    "acme.cert-manager.io/v1beta1": ("acme.cert-manager.io/v1", "cert-manager 1.6"),
    "rbac.istio.io/v1alpha1": ("security.istio.io/v1", "Istio 1.6"),
    "authentication.istio.io/v1alpha1": ("security.istio.io/v1", "Istio 1.6"),
}


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find apiVersions of the table."""
    entry = _NEWER.get(obj.api_version)
    if entry:
        yield obj["apiVersion"].found(
            f"{obj.api_version} is not served any more since {entry[1]}", help=f"write {entry[0]}"
        )
