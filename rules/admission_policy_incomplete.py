"""An admission policy that does not say what it is about or what it does.

A policy needs rules about the requests that it judges, and a validating one at least one validation or audit annotation. Messages
have one line, and the parts of a mutation fit its `patchType`. The API server refuses the rest.

Fill `matchConstraints.resourceRules`, and `validations` or `mutations`.

See https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import (
    AdmissionPolicy,
    Category,
    Findings,
    MutatingAdmissionPolicy,
    Node,
    ValidatingAdmissionPolicy,
    rule,
    shown,
)
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

PARTS = {"JSONPatch": ("jsonPatch", "applyConfiguration"), "ApplyConfiguration": ("applyConfiguration", "jsonPatch")}


@rule(Category.REJECTED)
def check(policy: ValidatingAdmissionPolicy | MutatingAdmissionPolicy) -> Findings:
    """Find what is missing; follows validate{Validating,Mutating}AdmissionPolicySpec in pkg/apis/admissionregistration/validation."""
    spec = policy.mapping().get("spec")
    if spec is None:
        found = policy["spec"].found(
            "the policy has no spec, and so nothing to judge",
            help="write `spec`",
            path="spec.matchConstraints",
            key=True,
        )
        yield found
        return
    constraints = spec.get("matchConstraints")
    if constraints is not None and not constraints.get("resourceRules"):
        yield policy.at("spec", "matchConstraints", "resourceRules").found(
            "matchConstraints has no resourceRules, and they say which requests the policy judges",
            help="list at least one rule",
            key=True,
        )
    if isinstance(policy, ValidatingAdmissionPolicy):
        if not spec.get("validations") and not spec.get("auditAnnotations"):
            yield policy["spec"]["validations"].found(
                "the policy has neither validations nor auditAnnotations, and so does nothing",
                help="write at least one",
                key=True,
            )
            return
        for index, validation in enumerate(spec.get("validations") or ()):
            yield from _message(policy["spec"]["validations"][index], validation or {})
        yield from _annotation_keys(policy, spec.get("auditAnnotations") or ())
    else:
        for index, mutation in enumerate(spec.get("mutations") or ()):
            yield from _mutation(policy["spec"]["mutations"][index], mutation or {})


def _message(validation: Node, values: dict[str, Any]) -> Findings:
    message = values.get("message") or ""
    if message and not message.strip():
        yield validation["message"].found("the message has nothing but blanks", help="say what is wrong, or remove it")
    elif "\n" in message.strip() or "\r" in message.strip():
        yield validation["message"].found(
            "the message has several lines; one is allowed", help="write it on one line (`>-` joins lines)"
        )


def _annotation_keys(policy: AdmissionPolicy, annotations: Any) -> Findings:
    """An audit annotation is kept as policy/key, which must be a qualified name."""
    name = policy["metadata"].get("name")
    for index, annotation in enumerate(annotations):
        key = (annotation or {}).get("key") or ""
        node = policy["spec"]["auditAnnotations"][index]["key"]
        if not name:
            yield node.found(
                "an audit annotation needs the policy's name for its key", help="set metadata.name", key=True
            )
        elif key and (reason := names.qualified_name(f"{name}/{key}")) is not None:
            yield node.found(
                f"the audit annotation's key {shown(key)}, kept as {shown(f'{name}/{key}')}: {reason}",
                help=instead(key, names.qualified_name),
            )


def _mutation(mutation: Node, values: dict[str, Any]) -> Findings:
    parts = PARTS.get(values.get("patchType") or "")
    if parts is None:
        return
    if values.get(parts[0]) is None:
        yield mutation[parts[0]].found(
            f"patchType {values['patchType']} needs `{parts[0]}`", help=f"write `{parts[0]}`", key=True
        )
    if values.get(parts[1]) is not None:
        yield mutation[parts[1]].found(
            f"`{parts[1]}` cannot stand beside patchType {values['patchType']}", help="remove it", key=True
        )
