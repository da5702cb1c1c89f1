"""An autoscaler whose target does not exist.

A HorizontalPodAutoscaler (or VerticalPodAutoscaler, or KEDA's ScaledObject) names its target by apiVersion, kind and
name, in its own namespace. Where there is none, its condition AbleToScale is False with `FailedGetScale`, and nothing is ever scaled.

Write the kind and the name of a workload in the namespace of the autoscaler.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, rule, unresolved
from kubetrial.lint.objects.autoscalers import SCALABLE, autoscalers


@rule(Category.RISKY, needs=("scaleTargetRef", "targetRef"))
def check(cluster: Cluster) -> Findings:
    """Targets that are elsewhere, of another kind, or that the set lacks."""
    for autoscaler in autoscalers(cluster):
        if (autoscaler.group, autoscaler.kind) not in SCALABLE:
            continue  # a kind of its own, or one that autoscaler-target-unscalable judges
        reference = autoscaler.resolve(cluster)
        if reference.fails:
            yield unresolved(
                autoscaler.target["kind" if reference.twin is not None else "name"],
                reference,
                autoscaler.kind,
                autoscaler.name,
                "nothing is scaled: the condition AbleToScale is False, FailedGetScale",
            )
