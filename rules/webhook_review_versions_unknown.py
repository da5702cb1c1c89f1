"""A webhook that understands no version of review that the API server can send.

The API server sends reviews in the versions `v1` and `v1beta1`, in the first that the webhook lists and it knows. It refuses a
webhook that lists neither.

List `v1`.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, MutatingWebhook, ValidatingWebhook, rule


@rule(Category.REJECTED, needs=("admissionReviewVersions",))
def check(webhook: ValidatingWebhook | MutatingWebhook) -> Findings:
    """Find lists without a known version; follows validateAdmissionReviewVersions in pkg/apis/admissionregistration/validation."""
    versions = webhook.value.get("admissionReviewVersions")
    if versions and "v1" not in versions and "v1beta1" not in versions:
        listed = ", ".join(str(version) for version in versions)
        yield webhook["admissionReviewVersions"].found(
            f"the API server sends reviews of v1 and v1beta1, and this lists {listed}", help="list `v1`"
        )
