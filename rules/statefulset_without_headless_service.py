"""A StatefulSet whose headless Service is missing, elsewhere, or selects other pods.

The pods start all the same; but each gets its own DNS name (`web-0.web-peers.shop.svc`) only when `serviceName` names a Service of
the same namespace with `clusterIP: None` whose selector matches the pods. Otherwise peers cannot find one another ("no such host").
Of a single replica that nothing of the set calls by that name this is information only.

Write a Service with `clusterIP: None`, the name in `serviceName`, the namespace of the set and the labels of its pods.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    NOTHING,
    Category,
    Cluster,
    ConfigMap,
    Findings,
    Found,
    Object,
    Service,
    StatefulSet,
    Workload,
    is_sure,
    resolve,
    rule,
    workloads_of,
)
from kubetrial.lint.objects.config_uses import names_of
from kubetrial.lint.objects.peers import written


@rule(Category.RISKY)
def check(statefulset: StatefulSet, cluster: Cluster) -> Findings:
    """What is wrong with the Service that serviceName names; a missing one counts only where the whole set is known."""
    name = statefulset.spec.get("serviceName")
    if statefulset.spec.get("replicas") == 0:
        return
    if not name:
        yield from _unnamed(statefulset, cluster)
    if not name or not isinstance(name, str):
        return
    reference = resolve(cluster, statefulset, "", "Service", name)
    if isinstance(reference.target, Service):
        if reference.sure:
            yield from _unfit(statefulset, reference.target, cluster)
    elif reference.elsewhere is not None:
        there = reference.elsewhere
        what = f"the Service {name} is in the namespace {there.namespace or 'default'}, not beside this StatefulSet"
        yield found(statefulset, what, "put both into one namespace", there, cluster)
    elif reference is not NOTHING:
        yield from _missing(statefulset, name, cluster)


def _unnamed(statefulset: StatefulSet, cluster: Cluster) -> Findings:
    """A headless Service of these pods alone that the set does not name: newStatefulSetPod gives them no subdomain."""
    for service in cluster.services_for(statefulset.pod.labels, statefulset.namespace):
        if not service.is_headless or not is_sure(cluster, statefulset, service):
            continue
        if all(other.value is statefulset.value for other in workloads_of(cluster, service, service.selector)):
            what = (
                f"the StatefulSet names no serviceName, and the headless Service {service.name} is there for its pods"
            )
            yield found(
                statefulset,
                what,
                f"write serviceName: {service.name}, on a new StatefulSet: it cannot be changed later",
                service,
                cluster,
            )
            return


def _unfit(statefulset: StatefulSet, service: Service, cluster: Cluster) -> Findings:
    """A Service of the right name that gives the pods no names of their own."""
    node, name = statefulset.spec["serviceName"], service.name
    if not service.is_headless:
        yield node.found(
            f"the Service {name} is not headless",
            consequence=consequence(statefulset, cluster),
            level=level(statefulset, cluster),
            help="give it clusterIP: None, or make a second Service that has it and name that one (clusterIP cannot be changed later)",
            related=((f"Service {name}", service["metadata"]["name"]),),
        )
        return
    selector = service["spec"]["selector"].mapping()
    labels = statefulset.pod.labels
    wrong = [f"{key}: {value}" for key, value in selector.items() if labels.get(key) != value]
    if wrong:
        yield node.found(
            f"the Service {name} does not select the pods of this StatefulSet: it wants {', '.join(wrong)}",
            consequence=consequence(statefulset, cluster),
            level=level(statefulset, cluster),
            help="write the labels of the pod template into the Service's selector",
            related=(("the selector", service["spec"]["selector"]),),
        )


def _missing(statefulset: StatefulSet, name: str, cluster: Cluster) -> Findings:
    """No Service of that name: perhaps it has another one. A stream without any Services is a part of something."""
    for service in cluster.services_for(statefulset.pod.labels, statefulset.namespace):
        if service.is_headless and is_sure(cluster, statefulset, service):
            what = f"there is no Service {name}; the headless Service of these pods is called {service.name}"
            yield found(statefulset, what, f"write serviceName: {service.name}", service, cluster)
            return
    if cluster.beside(statefulset, Service) or cluster.closed_world or statefulset.document.file != "<stdin>":
        yield statefulset.spec["serviceName"].found(
            f"there is no Service {name} in the manifests",
            consequence=consequence(statefulset, cluster),
            level=level(statefulset, cluster),
            help=f"add a Service {name} with clusterIP: None",
        )


def found(statefulset: StatefulSet, what: str, cure: str, service: Object, cluster: Cluster) -> Found:
    """A finding that shows the Service that was meant."""
    shown = ((f"Service {service.name}", service["metadata"]["name"]),)
    place = statefulset.spec["serviceName"]
    return (place if place.present else statefulset["metadata"]["name"]).found(
        what, consequence=consequence(statefulset, cluster), level=level(statefulset, cluster), help=cure, related=shown
    )


def level(statefulset: StatefulSet, cluster: Cluster) -> str:
    """A single pod has no peers that look for it: no warning, but worth to know before there are two; unless others call it by its name."""
    return "info" if _is_unnoticed(statefulset, cluster) else ""


def _is_unnoticed(statefulset: StatefulSet, cluster: Cluster) -> bool:
    return statefulset.replicas <= 1 and not _is_called(statefulset, cluster)


def _is_called(statefulset: StatefulSet, cluster: Cluster) -> bool:
    """Whether another workload, or a ConfigMap that the pod itself does not read, holds its name below the Service: `db-0.db`."""
    name = f"{statefulset.name}-0.{statefulset.spec.get('serviceName')}"
    own = tuple(names_of(statefulset.pod))
    return any(
        name in text and holder is not statefulset.value and holder not in own
        for holder, text in cluster.once(_texts_with_first_pods)
    )


def _texts_with_first_pods(cluster: Cluster) -> list[tuple[object, str]]:
    """(the value of a workload, or kind and name of a ConfigMap; a text of it) where the first pod of some set may be named."""
    found: list[tuple[object, str]] = [
        (workload.value, text)
        for workload in cluster.all(Workload)
        for container in workload.pod.all_containers()
        if "-0." in (text := written(container))
    ]
    for config in cluster.all(ConfigMap):
        texts = config["data"].mapping().values()
        found += ((("ConfigMap", config.name), text) for text in texts if isinstance(text, str) and "-0." in text)
    return found


def consequence(statefulset: StatefulSet, cluster: Cluster) -> str:
    """What happens to the pods, or to the one pod."""
    if _is_unnoticed(statefulset, cluster):
        return (
            "the pod starts, but has no DNS name of its own; serviceName cannot be changed later, when there are peers"
        )
    if statefulset.replicas <= 1:
        name = f"{statefulset.name}-0.{statefulset.spec.get('serviceName')}"
        return f"the pod starts, but has no DNS name of its own: {name}, which these manifests call, does not resolve"
    return "the pods start, but have no DNS names of their own: peers that look for one another fail to resolve them"
