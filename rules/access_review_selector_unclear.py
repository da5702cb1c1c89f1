"""A selector of an access review that the API server cannot read.

A `fieldSelector` or `labelSelector` of a review has `requirements`, or a `rawSelector` as text, one of the two. `In` and
`NotIn` need values, `Exists` and `DoesNotExist` have none, and every requirement has a key. The API server refuses the review.

Write `requirements`; `rawSelector` is for webhooks that pass on what they were asked.

See https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, RequestFieldSelector, RequestLabelSelector, rule
from kubetrial.lint.objects.requirements import number_of_values, requirement


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
    of_labels = isinstance(selector, RequestLabelSelector)
    for one in selector["requirements"].items():
        yield from requirement(one, one.value or {}, ()) if of_labels else _of_field(one)


def _of_field(one: Node) -> Findings:
    """What is wrong with one requirement of a field; operators that the server does not know are passed on."""
    yield from number_of_values(one, one.get("operator", ""), one.get("values") or ())
    if not one.get("key"):
        yield one["key"].found(
            f"`key` is {'empty' if one['key'].present else 'missing'} in this requirement",
            help="name the field",
            key=True,
        )
