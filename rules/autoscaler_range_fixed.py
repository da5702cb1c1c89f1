"""An autoscaler that cannot scale: minReplicas and maxReplicas are equal.

It sets that number for ever, whatever the load.

Raise `maxReplicas`, or remove the autoscaler and write `replicas`.

See https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerLimits, Category, Findings, rule


@rule(Category.ADVICE, needs=("maxReplicas",))
def check(limits: AutoscalerLimits) -> Findings:
    """Find equal limits."""
    most = limits.get("maxReplicas")
    if most is not None and limits.get("minReplicas", 1) == most:
        yield limits["maxReplicas"].found(
            f"minReplicas and maxReplicas are both {most}, so nothing is scaled", help="raise maxReplicas"
        )
