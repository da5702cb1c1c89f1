"""A claim on devices that names nothing, or two things.

A claim of the pod names either a ResourceClaim that exists or a template to make one from. The API server refuses a
pod whose claim has neither or both.

Write `resourceClaimName` to share a claim between pods, or `resourceClaimTemplateName` to give each pod its own.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodResourceClaim, rule


@rule(Category.REJECTED, since=31)
def check(claim: PodResourceClaim) -> Findings:
    """Find claims without one name; follows validatePodResourceClaim in core/validation."""
    values = claim.mapping()
    existing, template = values.get("resourceClaimName"), values.get("resourceClaimTemplateName")
    if existing is None and template is None:
        yield claim.found(
            "a claim needs `resourceClaimName` or `resourceClaimTemplateName`", help="name one of them", key=True
        )
    elif existing is not None and template is not None:
        yield claim.found(
            "resourceClaimName and resourceClaimTemplateName exclude one another", help="keep one of them", key=True
        )
