"""A binding whose actions say the same twice, or that binds nothing.

`Deny` and `Warn` together would say one failure twice to the same client. A binding without a spec names no policy. The API server
refuses both.

Keep one of Deny and Warn; `Audit` may stand beside either.

See https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Findings,
    MutatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicyBinding,
    rule,
)


@rule(Category.REJECTED)
def check(binding: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding) -> Findings:
    """Find bindings that contradict themselves; follows validateValidationActions in pkg/apis/admissionregistration/validation."""
    spec = binding.mapping().get("spec")
    if spec is None:
        yield binding["spec"].found(
            "the binding has no spec, and so no policy", help="write `spec`", path="spec.policyName", key=True
        )
        return
    actions = spec.get("validationActions") or ()
    if "Deny" in actions and "Warn" in actions:
        yield binding["spec"]["validationActions"].found(
            "Deny and Warn say the same failure twice", help="keep one of the two"
        )
