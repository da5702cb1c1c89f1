"""An Ingress whose TLS Secret does not exist.

A Secret for TLS is looked up in the namespace of the Ingress. Where it is not found, the controller serves its own
self-signed certificate ("Kubernetes Ingress Controller Fake Certificate") or drops the host, and clients see a warning.

Secrets are often made outside of the manifests, so only a Secret of the set with the same name elsewhere or with
nearly the same name is taken for a mistake; in a closed world (`--closed-world`) every one that is missing. Write the
name of a Secret in the namespace of the Ingress.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Ingress, resolve, rule, unresolved

_CERTIFIERS = ("cert-manager.io/", "kubernetes.io/tls-acme", "certmanager.k8s.io/")
"""Annotations that have the Secret made."""


@rule(Category.RISKY, needs=("tls",))
def check(ingress: Ingress, cluster: Cluster) -> Findings:
    """Secrets of `tls` that stand elsewhere, or whose name is a slip away from one of the set."""
    entries = (ingress.value.get("spec") or {}).get("tls")
    if not entries or any(key.startswith(_CERTIFIERS) for key in ingress.annotations):
        return
    for index, entry in enumerate(entries):
        name = (entry or {}).get("secretName")
        if not name:
            continue
        reference = resolve(cluster, ingress, "", "Secret", name)
        if reference.slips or (cluster.closed_world and reference.fails):
            yield unresolved(
                ingress["spec"]["tls"][index]["secretName"],
                reference,
                "Secret",
                name,
                "the controller serves its own self-signed certificate, or drops the host",
            )
