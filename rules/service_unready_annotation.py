"""The annotation tolerate-unready-endpoints, which nothing reads any more.

`service.alpha.kubernetes.io/tolerate-unready-endpoints` was replaced by the field `publishNotReadyAddresses`. With the
annotation alone the Service's name gives only pods that are ready: members of a cluster do not find one another at start.

Write `publishNotReadyAddresses: true` in the spec of the Service.

See https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule

_OLD = "service.alpha.kubernetes.io/tolerate-unready-endpoints"


@rule(Category.RISKY)
def check(service: Service) -> Findings:
    """The annotation with a true value and no field beside it; no code of Kubernetes reads it since 1.24."""
    if _OLD not in service.annotations:
        return
    annotation = service["metadata"]["annotations"][_OLD]
    if str(annotation.value).lower() == "true" and not service["spec"].get("publishNotReadyAddresses"):
        yield annotation.found(
            f"the annotation has no effect: {service.name} gives only the addresses of pods that are ready",
            consequence="members that look for one another at start find no address",
            help="write publishNotReadyAddresses: true in spec, and remove the annotation",
            key=True,
        )
