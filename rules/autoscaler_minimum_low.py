"""An autoscaler that may scale down to one replica.

At night one pod is left, and a drain of its node is an outage.

Write `minReplicas: 2` or more (the option `least`).

See https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerLimits, Category, Findings, rule


@rule(Category.ADVICE, needs=("maxReplicas",))
def check(limits: AutoscalerLimits, *, least: int = 2) -> Findings:
    """Find minReplicas below `least`; 0 is scaling to zero on purpose."""
    minimum = limits.get("minReplicas", 1)
    if minimum.__class__ is int and 0 < minimum < least and limits.get("maxReplicas", 1) > 1:
        yield limits["minReplicas"].found(
            f"the autoscaler may go down to {minimum} replica{'s' * (minimum != 1)}",
            help=f"write minReplicas: {least}",
            consequence="nothing serves while the last pod's node is drained",
        )
