"""A HorizontalPodAutoscaler whose limits or target the API server refuses.

`maxReplicas` cannot be below `minReplicas` (1 by default). With `minReplicas: 0` there must be a metric that exists
without pods: type Object or External.

Raise maxReplicas or lower minReplicas; scale to zero by a queue's length, for example.

See https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerLimits, AutoscalerSpec, Category, Findings, rule


@rule(Category.REJECTED)
def check(autoscaler: AutoscalerLimits) -> Findings:
    """Follows validateHorizontalPodAutoscalerSpec in pkg/apis/autoscaling/validation."""
    spec = autoscaler.value
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    if least is None:
        least = 1
    if 0 < most < least:
        yield autoscaler["maxReplicas"].found(
            f"maxReplicas is {most}, less than minReplicas {least}", help="raise maxReplicas, or lower minReplicas"
        )
    if least == 0 and not _counts_without_pods(autoscaler):
        yield autoscaler["minReplicas"].found(
            "minReplicas 0 needs a metric that exists without pods",
            help="add a metric of type Object or External, or write minReplicas: 1",
            path="spec.metrics" if isinstance(autoscaler, AutoscalerSpec) else "",
        )


_OF_V1 = "autoscaling.alpha.kubernetes.io/metrics"
"""The annotation of an object of autoscaling/v1 that holds its other metrics: only in the newer version there is a field for them."""


def _counts_without_pods(autoscaler: AutoscalerLimits) -> bool:
    if isinstance(autoscaler, AutoscalerSpec):
        metrics = autoscaler.get("metrics") or ()
        return any((metric or {}).get("type") in ("Object", "External") for metric in metrics)
    return autoscaler.root["metadata"]["annotations"][_OF_V1].present
