"""An object that a ValidatingAdmissionPolicy of the manifests refuses.

The policy, its binding and the object stand in one set: once the policy is in force, the API server evaluates its CEL
expressions on every such object, and one that is false denies the request, or only warns or writes an audit record, as
`validationActions` says. The check evaluates them here, as if the object were created now. What a set cannot tell (who
asks, parameters and namespaces outside of it) is left open.

Change the object, or the policy. It runs with `--evaluate-policies`, or where it is selected.

See https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, rule


@rule(Category.SECURITY)
def check(cluster: Cluster) -> Findings:
    """Evaluate the policies of the set on its objects."""
    from kubetrial.lint.api.custom import policies

    for violation in policies.violations(cluster):
        policy, actions = violation.policy, violation.actions
        consequence = (
            "the API server denies it"
            if "Deny" in actions
            else "the API server warns of it, or notes it in the audit log"
        )
        yield violation.object["kind"].found(
            f"the policy {policy.name} says: {' '.join(violation.message.split())}",
            consequence=f"{consequence} (binding {violation.binding.name})",
            help="change the object so that the expression is true",
            related=(("the expression", policy["spec"]["validations"][violation.validation]["expression"]),),
            level="error" if "Deny" in actions else "",
        )
