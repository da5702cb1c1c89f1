"""A StatefulSet whose headless Service is missing, elsewhere, or selects other pods.

The pods start all the same; but each gets its own DNS name (`web-0.web-peers.shop.svc`) only when `serviceName` names a Service of
the same namespace with `clusterIP: None` whose selector matches the pods. Otherwise peers cannot find one another ("no such host").

Write a Service with `clusterIP: None`, the name in `serviceName`, the namespace of the set and the labels of its pods.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
"""

from __future__ import annotations

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import Object, Service, StatefulSet
from kubetrial.lint.node import Findings, Found
from kubetrial.lint.rule import rule

_CONSEQUENCE = (
    "the pods start, but have no DNS names of their own: peers that look for one another fail to resolve them"
)


@rule(Category.RISKY)
def check(statefulset: StatefulSet, cluster: Cluster) -> Findings:
    """What is wrong with the Service that serviceName names; a missing one counts only where the whole set is known."""
    name = statefulset.spec.get("serviceName")
    if not name or not isinstance(name, str):
        return
    node = statefulset.spec["serviceName"]
    service = cluster.get("", "Service", statefulset.namespace, name)
    if service is None:
        if cluster.complete and not cluster.exists_outside("Service", name):
            yield missing(statefulset, name, cluster)
        return
    assert isinstance(service, Service)
    if not service.is_headless:
        yield node.found(
            f"the Service {name} is not headless",
            consequence=_CONSEQUENCE,
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
            consequence=_CONSEQUENCE,
            help="write the labels of the pod template into the Service's selector",
            related=(("the selector", service["spec"]["selector"]),),
        )


def missing(statefulset: StatefulSet, name: str, cluster: Cluster) -> Found:
    """No Service of that name in the namespace: perhaps it is in another one, or has another name."""
    elsewhere = cluster.named("", "Service", name)
    if elsewhere:
        where = elsewhere[0]
        what = f"the Service {name} is in the namespace {where.namespace or 'default'}, not beside this StatefulSet"
        return found(statefulset, what, "put both into one namespace", where)
    labels = statefulset.pod.labels.items()
    for service in cluster.beside(statefulset, Service):
        selector = service["spec"]["selector"].mapping()
        if service.is_headless and selector and selector.items() <= labels:
            what = f"there is no Service {name}; the headless Service of these pods is called {service.name}"
            return found(statefulset, what, f"write serviceName: {service.name}", service)
    return statefulset.spec["serviceName"].found(
        f"there is no Service {name} in the manifests",
        consequence=_CONSEQUENCE,
        help=f"add a Service {name} with clusterIP: None",
    )


def found(statefulset: StatefulSet, what: str, cure: str, service: Object) -> Found:
    """A finding that shows the Service that was meant."""
    shown = ((f"Service {service.name}", service["metadata"]["name"]),)
    return statefulset.spec["serviceName"].found(what, consequence=_CONSEQUENCE, help=cure, related=shown)
