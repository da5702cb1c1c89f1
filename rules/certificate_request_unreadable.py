"""The data of a certificate request or trust bundle are no PEM of the right kind.

`request` is the base64 of a PEM block `CERTIFICATE REQUEST`; `trustBundle` is text with PEM blocks `CERTIFICATE` of
authorities, each once and without headers. The API server parses them and refuses anything else.

Write what `openssl req` (and base64) printed. Signatures are not checked here.

See https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Certified, Findings, rule


@rule(Category.REJECTED)
def check(holder: Certified) -> Findings:
    """Find texts that are no PEM of the right kind; follows validateCSR and validateTrustBundle."""
    import base64

    from kubetrial.lint.values import pem

    spec = holder.mapping().get("spec") or {}
    request, bundle = spec.get("request"), spec.get("trustBundle")
    if request:
        text = base64.b64decode("".join(request.split())).decode("latin-1")
        if reason := pem.request_problem(text):
            yield holder["spec"]["request"].found(
                f"request {reason}", help="write the base64 of what `openssl req -new` printed"
            )
    if bundle and (reason := pem.bundle_problem(bundle)):
        yield holder["spec"]["trustBundle"].found(
            f"trustBundle {reason}", help="write the certificates of authorities as PEM"
        )
