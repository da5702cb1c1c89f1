"""A rule of a FlowSchema without requests, or a precedence of another schema.

Every rule needs `resourceRules` or `nonResourceRules`, and `matchingPrecedence: 1` belongs to the schema `exempt` of
the system; the API server refuses others.

Add rules, and write a precedence from 2 to 10000.

See https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#flowschema
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, FlowSchema, rule


@rule(Category.REJECTED, needs=("matchingPrecedence", "rules"))
def check(schema: FlowSchema) -> Findings:
    """Find rules about no request; follows ValidateFlowSchemaSpec."""
    spec = schema.mapping().get("spec") or {}
    if spec.get("matchingPrecedence") == 1 and schema["metadata"].get("name") != "exempt":
        yield schema["spec"]["matchingPrecedence"].found(
            "matchingPrecedence 1 is reserved for the schema `exempt`", help="write 2 or more"
        )
    for index, entry in enumerate(spec.get("rules") or ()):
        if not (entry or {}).get("resourceRules") and not (entry or {}).get("nonResourceRules"):
            yield schema.at("spec", "rules", index).found(
                "this rule has neither resourceRules nor nonResourceRules", help="add one of them", key=True
            )
