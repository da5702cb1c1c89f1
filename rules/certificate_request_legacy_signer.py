"""A CertificateSigningRequest names the signer of the old API.

`kubernetes.io/legacy-unknown` has no place in certificates.k8s.io/v1; the API server refuses it.

Name the signer that should sign: kubernetes.io/kube-apiserver-client, or one of your own.

See https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#signers
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CertificateSigningRequest, Findings, rule


@rule(Category.REJECTED, needs=("signerName",))
def check(request: CertificateSigningRequest) -> Findings:
    """Find requests to the signer that is no more."""
    if (request.mapping().get("spec") or {}).get("signerName") == "kubernetes.io/legacy-unknown":
        yield request["spec"]["signerName"].found(
            "the signer kubernetes.io/legacy-unknown is not taken by this API", help="name another signer"
        )
