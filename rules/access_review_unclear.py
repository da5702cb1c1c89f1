"""An access review that the API server cannot answer.

A review asks about `resourceAttributes` or `nonResourceAttributes`, one of the two, and for a user or a group (a
SelfSubjectAccessReview for whoever sends it). It is answered at once and not kept, so it has no name and no labels. A
LocalSubjectAccessReview asks about resources of its own namespace. The API server refuses other reviews and answers nothing.

Ask one question per review, and leave `metadata` out (a LocalSubjectAccessReview has a namespace there).

See https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    AccessReview,
    Category,
    Findings,
    LocalSubjectAccessReview,
    SelfSubjectAccessReview,
    rule,
    shown,
)

_PASSED_OVER = (
    "namespace", "managedFields", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "uid", "selfLink",
)  # fmt: skip
"""What the server takes out of metadata before it looks, or knows what to do with."""


@rule(Category.REJECTED)
def check(review: AccessReview) -> Findings:
    """Find reviews that ask nothing, too much or of nobody; follows pkg/apis/authorization/validation."""
    spec = review["spec"]
    resources, others = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if (resources is None) == (others is None):
        both = "has both" if resources is not None else "has neither"
        yield spec.found(
            f"a review asks about `resourceAttributes` or `nonResourceAttributes`, and this one {both}",
            help="set exactly one of them",
            key=True,
            path="spec",
        )
    if not isinstance(review, SelfSubjectAccessReview) and not spec.get("user") and not spec.get("groups"):
        yield spec["user"].found(
            "the review names no user and no group to ask for",
            help="set `user` or `groups`",
            key=True,
            path="spec.user",
        )
    if any(value for name, value in review["metadata"].mapping().items() if name not in _PASSED_OVER):
        yield review["metadata"].found(
            "a review is answered and not kept: its metadata holds nothing but a namespace",
            help="remove `metadata`, or what it holds beside the namespace",
            key=True,
        )
    if isinstance(review, LocalSubjectAccessReview):
        namespace = review["metadata"].get("namespace") or ""
        asked = (resources or {}).get("namespace") or ""
        if resources is not None and namespace and asked != namespace:  # where none is written, kubectl fills it in
            yield spec["resourceAttributes"]["namespace"].found(
                f"the review stands in the namespace {shown(namespace)} and asks about {shown(asked)}",
                help=f"write namespace: {namespace}",
            )
        if others is not None:
            yield spec["nonResourceAttributes"].found(
                "a LocalSubjectAccessReview asks about resources of a namespace only",
                help="write a SubjectAccessReview for paths that are no resources",
                key=True,
            )
