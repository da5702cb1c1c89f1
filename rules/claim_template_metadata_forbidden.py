"""The template of a ResourceClaim has metadata that the claims cannot have.

Claims get their names from their pods, so a template has only labels and annotations; the API server refuses anything else.

Remove what is neither label nor annotation.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#resourceclaims-templates
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import ResourceClaimTemplate
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.REJECTED)
def check(template: ResourceClaimTemplate) -> Findings:
    """Find other metadata; follows ValidateTemplateObjectMeta in pkg/apis/core/validation."""
    metadata = (template.mapping().get("spec") or {}).get("metadata") or {}
    for field, value in metadata.items():
        if field not in ("labels", "annotations") and value not in (None, "", [], {}, 0):
            yield template["spec"]["metadata"][field].found(
                f"a template has only labels and annotations, not `{field}`", help="remove it", key=True
            )
