"""A webhook configuration or admission policy with a reserved name.

Since 1.37 names that end with `.static.k8s.io` belong to the configurations that the API server reads from its own disk. It refuses
them from everybody else.

Write another name.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    AdmissionPolicy,
    AdmissionPolicyBinding,
    Category,
    Findings,
    WebhookConfiguration,
    rule,
    shown,
)

SUFFIX = ".static.k8s.io"


@rule(Category.REJECTED, since=37)
def check(configuration: WebhookConfiguration | AdmissionPolicy | AdmissionPolicyBinding) -> Findings:
    """Find names that are reserved; follows ValidateStaticSuffix in pkg/apis/admissionregistration/validation."""
    name = configuration["metadata"].get("name")
    if name and name.endswith(SUFFIX):
        yield configuration["metadata"]["name"].found(
            f"the name {shown(name)} ends with {SUFFIX}, which is kept for files of the control plane",
            help="write another name",
        )
