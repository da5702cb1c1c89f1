"""An Ingress whose TLS Secret has no certificate or no key.

A Secret for TLS has the keys `tls.crt` and `tls.key`. Without them the controller serves its own self-signed
certificate or drops the host; only its log says why.

Write both keys, or name a Secret that has them.

See https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Ingress, lacking_for_tls, named, resolve, rule


@rule(Category.BROKEN, needs=("tls",))
def check(ingress: Ingress, cluster: Cluster) -> Findings:
    """Secrets of the set that hold something, and not what TLS needs."""
    for index, entry in enumerate((ingress.value.get("spec") or {}).get("tls") or ()):
        name = (entry or {}).get("secretName")
        if not name:
            continue
        reference = resolve(cluster, ingress, "", "Secret", name)
        secret = reference.target
        if secret is None or not reference.sure:
            continue
        lacks = lacking_for_tls(secret)
        if lacks:
            yield ingress["spec"]["tls"][index]["secretName"].found(
                f"the Secret {name} has no {' and no '.join(lacks)}",
                consequence="the controller serves its own self-signed certificate, or drops the host",
                help="write the certificate as tls.crt and its key as tls.key",
                related=(named(secret),),
            )
