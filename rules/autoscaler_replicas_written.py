"""A workload with `replicas` in its manifest whose replicas an autoscaler sets.

Every apply writes the number of the manifest back: a Deployment that was scaled to 20 under load drops to 3 at once,
and pods are killed until the autoscaler has grown it again. Tools such as Argo CD show the difference for ever.

Leave `replicas` out of the manifest; remove it from a running object as the page below says, so that the first apply
does not scale it to 1.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, named, rule
from kubetrial.lint.objects.autoscalers import autoscalers


@rule(Category.RISKY, needs=("scaleTargetRef", "targetRef"))
def check(cluster: Cluster) -> Findings:
    """Targets in the set that say a number which the autoscaler may change; 0 turns it off on purpose."""
    said = set()
    for autoscaler in autoscalers(cluster):
        if not autoscaler.is_horizontal:
            continue
        reference = autoscaler.resolve(cluster)
        target = reference.target
        if target is None or not reference.sure or id(target) in said:
            continue
        replicas = target["spec"].get("replicas")
        bounds = autoscaler.object["spec"]
        fixed = bounds.get("minReplicas", 1) == bounds.get("maxReplicas")
        if replicas.__class__ is not int or replicas == 0 or fixed:
            continue
        said.add(id(target))
        yield target["spec"]["replicas"].found(
            f"replicas: {replicas} stands beside {autoscaler.object.kind} {autoscaler.object.name}, which sets the number",
            key=True,
            consequence=f"each apply sets {target.kind} {target.name} back to {replicas}, whatever the load",
            help="leave replicas out",
            related=(named(autoscaler.object),),
        )
