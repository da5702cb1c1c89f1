"""A horizontal and a vertical autoscaler that go by the cpu or memory of one workload.

The vertical one raises the requests when the use is high, so the utilisation falls, and the horizontal one removes the
pods that it added; then the use of each rises again. Both swing, and pods are evicted on the way.

Let the VerticalPodAutoscaler control the other resource (`controlledResources`) or only recommend (`updateMode: "Off"`),
or scale by another metric.

See https://kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Object, is_sure, named, place, rule
from kubetrial.lint.objects.autoscalers import Autoscaler, autoscalers


@rule(Category.RISKY, needs=("scaleTargetRef", "targetRef"))
def check(cluster: Cluster) -> Findings:
    """Pairs of one target whose resources meet; a horizontal one counts where it goes by utilisation."""
    if not cluster.kind("autoscaling.k8s.io", "VerticalPodAutoscaler"):
        return
    horizontal = {_target(cluster, one): one for one in autoscalers(cluster) if one.is_horizontal}
    for vertical in autoscalers(cluster):
        other = None if vertical.is_horizontal else horizontal.get(_target(cluster, vertical))
        if other is None or not is_sure(cluster, vertical.object, other.object):
            continue
        both = sorted(_controlled(vertical.object) & _watched(other.object))
        if both:
            yield vertical.target["name"].found(
                f"{other.object.kind} {other.object.name} scales {vertical.kind} {vertical.name} by {' and '.join(both)} too",
                consequence="both swing: each undoes what the other did, and pods are evicted on the way",
                help='set controlledResources to the other resource, or updateMode: "Off"',
                related=(named(other.object),),
            )


def _target(cluster: Cluster, one: Autoscaler) -> tuple[str, ...]:
    return place(cluster, one.object), one.object.namespace, one.group, one.kind, one.name


def _controlled(vertical: Object) -> set[str]:
    """The resources whose requests a VerticalPodAutoscaler writes."""
    if vertical["spec"]["updatePolicy"].get("updateMode") == "Off":
        return set()
    policies = list(vertical["spec"]["resourcePolicy"]["containerPolicies"].items())
    named_in = [policy["controlledResources"] for policy in policies if policy.get("mode") != "Off"]
    if not policies or any(not node.present for node in named_in):
        return {"cpu", "memory"}
    return {str(item.value) for node in named_in for item in node.items()}


def _watched(horizontal: Object) -> set[str]:
    """The resources whose utilisation a horizontal autoscaler goes by."""
    spec = horizontal["spec"]
    if horizontal.kind == "ScaledObject":
        triggers = spec["triggers"].items()
        return {t["type"].value for t in triggers if t.get("type") in ("cpu", "memory")}
    if not spec.get("metrics"):
        return {"cpu"}
    found = set()
    for metric in spec["metrics"].items():
        for key in ("resource", "containerResource"):
            if metric[key]["target"].get("type") == "Utilization":
                found.add(str(metric[key].get("name")))
    return found
