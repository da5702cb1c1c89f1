"""A selector of an access review that the API server cannot read.

A `fieldSelector` or `labelSelector` of a review has `requirements`, or a `rawSelector` as text, one of the two. `In` and
`NotIn` need values, `Exists` and `DoesNotExist` have none, and every requirement has a key. The API server refuses the review.

Write `requirements`; `rawSelector` is for webhooks that pass on what they were asked.

See https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import RequestFieldSelector, RequestLabelSelector
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, since=31)
def check(selector: RequestFieldSelector | RequestLabelSelector) -> Findings:
    """Find unclear selectors; follows validateFieldSelectorAttributes and validateLabelSelectorAttributes."""
    raw, requirements = selector.get("rawSelector"), selector.get("requirements")
    if raw and requirements:
        yield selector["rawSelector"].found(
            "`rawSelector` stands beside `requirements`, which say the same", help="remove `rawSelector`", key=True
        )
    elif not raw and not requirements:
        yield selector["requirements"].found(
            "the selector has no requirements", help="write `requirements`, or remove the selector", key=True
        )
    for requirement in selector["requirements"].items():
        yield from _requirement(requirement, isinstance(selector, RequestLabelSelector))


def _requirement(requirement: Node, of_labels: bool) -> Findings:
    """What is wrong with one requirement; operators that the server does not know are passed on to the authorizer."""
    operator, values = requirement.get("operator"), requirement.get("values") or []
    if operator in ("In", "NotIn") and not values:
        yield requirement["values"].found(
            f"the operator {operator} needs values", help="list them in `values`, or write Exists or DoesNotExist"
        )
    elif operator in ("Exists", "DoesNotExist") and values:
        yield requirement["values"].found(
            f"the operator {operator} takes no values", help="remove `values`, or write In or NotIn", key=True
        )
    key = requirement.get("key") or ""
    if not of_labels:
        if not key:
            yield requirement["key"].found("`key` is missing in this requirement", help="name the field", key=True)
        return
    reason = names.qualified_name(key)
    if reason is not None:
        yield requirement["key"].found(
            f"the label key `{key}` is malformed: {reason}" if key else "`key` is missing in this requirement"
        )
    for index, value in enumerate(values):
        reason = names.label_value(value or "")
        if reason is not None:
            yield requirement["values"][index].found(f"the label value `{value}` is malformed: {reason}")
