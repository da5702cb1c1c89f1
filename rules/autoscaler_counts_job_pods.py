"""An autoscaler whose target's selector also matches the pods of a Job.

The autoscaler measures all pods that the selector of its target matches. Those of a Job change the average, and one
without a request for the resource stops all scaling.

Give the pods of the Job labels of their own.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    AutoscalerLimits,
    Category,
    Cluster,
    Findings,
    LabelSelector,
    Object,
    Workload,
    named,
    resolve,
    rule,
)
from kubetrial.lint.objects.job_pods import split

_OF_PODS = ("Resource", "ContainerResource", "Pods")


@rule(Category.RISKY)
def check(limits: AutoscalerLimits, cluster: Cluster) -> Findings:
    """Follows GetResourceReplicas and groupPods in pkg/controller/podautoscaler; metrics of other things ask no pods."""
    autoscaler, target = limits.root, limits["scaleTargetRef"]
    metrics = limits["metrics"].items()
    if not isinstance(autoscaler, Object) or (
        limits.get("metrics") and not any(m.get("type") in _OF_PODS for m in metrics)
    ):
        return
    group = str(target.get("apiVersion") or "").rpartition("/")[0]
    reference = resolve(cluster, autoscaler, group, str(target.get("kind") or ""), str(target.get("name") or ""))
    workload = reference.target
    if not reference.sure or not isinstance(workload, Workload) or not workload.spec["selector"].mapping():
        return
    _, jobs = split(cluster, workload, workload.spec.view(LabelSelector, "selector"))
    if jobs:
        yield target.found(
            f"the selector of {workload.kind} {workload.name} also matches the pods of {jobs[0].kind} {jobs[0].name}",
            consequence="the autoscaler counts them in its average, and one without a request stops all scaling",
            help="give the pods of the Job other labels",
            related=(("the labels of the Job's pods", jobs[0].pod.metadata["labels"]), named(workload)),
        )
