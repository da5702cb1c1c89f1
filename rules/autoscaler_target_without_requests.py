"""An autoscaler by utilisation whose target has no request, or not the container, for it.

Utilisation is the use in percent of the request. If one container of the pods (native sidecars too) has no request for
the resource, nothing can be computed: the condition ScalingActive is False with `FailedGetResourceMetric` ("missing
request for cpu"), and the number of replicas stays as it is.

A metric of type ContainerResource looks at one container; where the pods have none of that name, it fails as well.

Write a request for the resource in every container, let a LimitRange of the namespace fill it in, or set a target of
type AverageValue.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    AutoscalerLimits,
    AutoscalerSpecV1,
    Category,
    Cluster,
    Container,
    Findings,
    LimitRange,
    Node,
    Object,
    Workload,
    named,
    nearest,
    resolve,
    rule,
)


@rule(Category.RISKY)
def check(limits: AutoscalerLimits, cluster: Cluster) -> Findings:
    """Metrics of utilisation whose containers have neither request nor limit; follows calculateRequests in podautoscaler."""
    target = limits.value.get("scaleTargetRef") or {}
    autoscaler = limits.root
    if not isinstance(autoscaler, Object):
        return
    group = str(target.get("apiVersion") or "").rpartition("/")[0]
    reference = resolve(cluster, autoscaler, group, target.get("kind") or "", target.get("name") or "")
    workload = reference.target
    if not reference.sure or not isinstance(workload, Workload) or cluster.in_namespace(LimitRange, workload.namespace):
        return
    if cluster.kind("autoscaling.k8s.io", "VerticalPodAutoscaler"):
        return  # it may write requests
    names = {c.name for c in workload.pod.all_containers() if not c.is_init or c.is_sidecar}
    for metric in limits["metrics"].items():
        container_name = metric["containerResource"].get("container")
        if isinstance(container_name, str) and container_name and container_name not in names:
            close = nearest(container_name, sorted(names))
            yield metric["containerResource"]["container"].found(
                f"{workload.kind} {workload.name} has no container {container_name}",
                consequence="nothing is scaled: the condition ScalingActive is False, FailedGetContainerResourceMetric",
                help=f"write {close}" if close else "write the name of a container of the pods",
                related=(named(workload),),
            )
    for node, resource, only in _utilisations(limits):
        if not only and _asks(workload.pod["resources"], resource):
            continue
        for container in workload.pod.all_containers():
            if (container.is_init and not container.is_sidecar) or (only and container.name != only):
                continue
            if not _asks(container["resources"], resource):
                yield node.found(
                    f"the container {container.name} of {workload.kind} {workload.name} has no request for {resource}, "
                    "so its utilisation is unknown",
                    consequence=(
                        f"nothing is scaled: the condition ScalingActive is False, missing request for {resource} "
                        f"in container {container.name}"
                    ),
                    help=f"write resources.requests.{resource} for the container",
                    related=((f"the container {container.name}", _place(container)), named(workload)),
                )
                break


def _place(container: Container) -> Node:
    return container["resources"] if container.get("resources") else container["name"]


def _asks(resources: Node, resource: str) -> bool:
    """Whether there is a request; a limit alone is taken for the request too."""
    return any(resources[key].get(resource) is not None for key in ("requests", "limits"))


def _utilisations(limits: AutoscalerLimits) -> Iterator[tuple[Node, str, str]]:
    """(where it stands, the resource, the container or "" for all) of each metric; without any it is 80% of the cpu."""
    if isinstance(limits, AutoscalerSpecV1):
        yield limits["targetCPUUtilizationPercentage"], "cpu", ""
        return
    if not limits.get("metrics"):
        yield limits["scaleTargetRef"], "cpu", ""
    for metric in limits["metrics"].items():
        for key in ("resource", "containerResource"):
            one = metric[key]
            if one["target"].get("type") == "Utilization" and one.get("name") in ("cpu", "memory"):
                yield one["target"]["type"], one.get("name"), one.get("container", "")
