"""A ServiceAccount limits its secrets by a deprecated annotation.

`kubernetes.io/enforce-mountable-secrets` is deprecated since 1.32, and the API server warns about it: it never
covered every way to read a secret.

Put secrets that must be apart into namespaces of their own.

See https://kubernetes.io/docs/concepts/security/service-accounts/#enforce-mountable-secrets
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ServiceAccount, rule

_ANNOTATION = "kubernetes.io/enforce-mountable-secrets"


@rule(Category.RISKY, since=32, needs=("annotations",))
def check(account: ServiceAccount) -> Findings:
    """Find service accounts that rely on the annotation."""
    if _ANNOTATION in account.annotations:
        yield account.at("metadata", "annotations", _ANNOTATION).found(
            f"the annotation `{_ANNOTATION}` is deprecated", help="use namespaces to keep secrets apart", key=True
        )
