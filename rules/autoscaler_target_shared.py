"""Two autoscalers that set the replicas of one workload.

Each HorizontalPodAutoscaler (KEDA makes one for each ScaledObject) finds that its pods belong to another one too and
stops: the condition ScalingActive is False with `AmbiguousSelector`, and neither scales any more.

Write all metrics into one autoscaler: it takes the highest of the numbers that they ask for.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#scaling-on-multiple-metrics
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, applied_together, named, place, rule
from kubetrial.lint.objects.autoscalers import Autoscaler, autoscalers


@rule(Category.BROKEN, needs=("scaleTargetRef", "targetRef"))
def check(cluster: Cluster) -> Findings:
    """Two of one namespace and one cluster with the same target."""
    first: dict[tuple[str, ...], Autoscaler] = {}
    for one in autoscalers(cluster):
        if not one.is_horizontal:
            continue
        key = (place(cluster, one.object), one.object.namespace, one.group, one.kind, one.name)
        other = first.setdefault(key, one)
        if other is one or (other.object.kind, other.object.name) == (one.object.kind, one.object.name):
            continue
        if applied_together(cluster, one.object, other.object):
            yield one.target["name"].found(
                f"the {one.kind} {one.name} is scaled by {other.object.kind} {other.object.name} too",
                consequence="neither scales it: the condition ScalingActive is False, AmbiguousSelector",
                help="write the metrics of both into one autoscaler",
                related=(named(other.object),),
            )
