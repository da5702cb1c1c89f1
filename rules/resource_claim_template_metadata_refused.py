"""Metadata in a ResourceClaimTemplate's spec that its claims cannot take over.

The metadata below `spec` is copied to each ResourceClaim that is made from the template. Only labels and annotations
can be given; the claims get their names and everything else from the controller.

Remove the other fields, or move them to the template's own `metadata`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, rule

_REFUSED = (
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences", "finalizers", "managedFields",
)  # fmt: skip


@rule(Category.REJECTED)
def check(metadata: Metadata) -> Findings:
    """Follows ValidateTemplateObjectMeta in pkg/apis/core/validation; an empty text or 0 counts as not set."""
    if metadata.of_object or metadata.root.get("kind") != "ResourceClaimTemplate":
        return
    for field in _REFUSED:
        value = metadata.value.get(field)
        if value is None or (value in ("", 0) and field != "deletionGracePeriodSeconds"):
            continue
        yield metadata[field].found(
            f"`{field}` cannot be set in the metadata of a claim that is made from a template",
            help="remove it; labels and annotations are taken over",
            key=True,
        )
