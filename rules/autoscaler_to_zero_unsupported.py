"""An autoscaler with `minReplicas: 0` on a Kubernetes that does not scale to zero.

Before Kubernetes 1.37 the feature HPAScaleToZero is off, and the API server refuses a minReplicas below 1.

Write 1, or use an autoscaler that brings its own way to zero.

See https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerLimits, Category, Findings, rule


@rule(Category.REJECTED, until=36, needs=("minReplicas",))
def check(autoscaler: AutoscalerLimits) -> Findings:
    """Follows validateHorizontalPodAutoscalerSpec in pkg/apis/autoscaling/validation of those versions."""
    if autoscaler.value.get("minReplicas") == 0:
        yield autoscaler["minReplicas"].found(
            "minReplicas is 0; before Kubernetes 1.37 it must be 1 or more", help="write 1 or more"
        )
