"""A Gateway whose certificate is elsewhere, has nearly its name, or lacks a key.

A listener presents the Secret of its `certificateRefs`, which has the keys `tls.crt` and `tls.key` and stands in the
Gateway's namespace unless `namespace` says otherwise. Without it the condition ResolvedRefs is False
(InvalidCertificateRef), and the listener serves nothing.

Secrets are often made outside of the manifests, so only one of the set with the same name elsewhere or with nearly the
same name is taken for a mistake; in a closed world (`--closed-world`) every one that is missing. Write the name of a
Secret that holds a certificate and its key.

See https://gateway-api.sigs.k8s.io/guides/tls/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, lacking_for_tls, named, resolve, rule, unresolved
from kubetrial.lint.objects.gateways import GROUP, certificates

_CONSEQUENCE = "the listener serves nothing: its condition ResolvedRefs is False, InvalidCertificateRef"


@rule(Category.RISKY, needs=("certificateRefs",))
def check(cluster: Cluster) -> Findings:
    """Secrets that stand elsewhere or are a slip away, and those of the set without what TLS needs."""
    for gateway in cluster.kind(GROUP, "Gateway"):
        if any(key.startswith("cert-manager.io/") for key in gateway.annotations):
            continue  # cert-manager makes them
        for link in certificates(gateway):
            if (link.group, link.kind) != ("", "Secret"):
                continue
            reference = resolve(cluster, gateway, "", "Secret", link.name, link.namespace)
            secret = reference.target
            if reference.slips or (cluster.closed_world and reference.fails):
                yield unresolved(link.node["name"], reference, "Secret", link.name, _CONSEQUENCE)
            elif secret is not None and reference.sure and (lacks := lacking_for_tls(secret)):
                yield link.node["name"].found(
                    f"the Secret {link.name} has no {' and no '.join(lacks)}",
                    consequence=_CONSEQUENCE,
                    help="write the certificate as tls.crt and its key as tls.key",
                    related=(named(secret),),
                )
