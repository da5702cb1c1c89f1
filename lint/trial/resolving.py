"""What the cluster's DNS and the Services of a trial answer to a pod that asks for a name.

Follows the names that the DNS plugin of CoreDNS serves, and the endpoints controller: a Service lists pods that are ready, or every
started one with publishNotReadyAddresses. A name of the outside is taken to answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubetrial.lint.facts import selectors
from kubetrial.lint.facts.waiting import NameWaitedFor
from kubetrial.lint.trial.objects import TERMINAL, StoredObject, StoredPod

if TYPE_CHECKING:
    from kubetrial.lint.trial.world import World


def missing(world: World, pod: StoredPod, wanted: NameWaitedFor) -> str:
    """Why what a container of this pod waits for is not there: the name, or a pod that answers where one has to; "" when it is."""
    labels = wanted.name.split(".")
    if any(wanted.name in (alias.get("hostnames") or ()) for alias in pod.spec.get("hostAliases") or ()):
        return ""
    found = _service(world, pod, labels)
    if found is None:
        is_local = len(labels) == 1 or "svc" in labels[2:4]
        is_known = not world.profile.closed_world or not is_local or labels[0] in ("localhost", "kubernetes")
        return "" if is_known else f"no Service has the name {wanted.name}"
    if _asks_node(pod):
        return f"the DNS of the node does not know {wanted.name}"
    service, host = found
    spec = service.spec
    is_headless = spec.get("clusterIP") == "None"
    if spec.get("type") == "ExternalName" or not spec.get("selector") or not (wanted.answers or is_headless):
        return ""
    if wanted.port and not is_headless and not any(str(p.get("port")) == wanted.port for p in spec.get("ports") or ()):
        return f"the Service {service.name} has no port {wanted.port}"
    if any(not host or one.spec.get("hostname") == host for one in _endpoints(world, service, wanted.answers)):
        return ""
    return f"no pod behind {wanted.name} is ready"


def _asks_node(pod: StoredPod) -> bool:
    """Whether the pod has the resolver of its node, which knows no Service."""
    policy = pod.spec.get("dnsPolicy") or "ClusterFirst"
    return policy == "Default" or (policy == "ClusterFirst" and pod.spec.get("hostNetwork") is True)


def _service(world: World, pod: StoredPod, labels: list[str]) -> tuple[StoredObject, str] | None:
    """(the Service, the host name of one pod below it or "") that a name means, the search domains of the pod tried in turn."""
    for host in (0, 1):
        own = labels[host:]
        if not own or (own[2:] and own[2:] not in (["svc"], ["svc", "cluster", "local"])):
            continue
        namespace = own[1] if len(own) > 1 else pod.namespace
        service = world.find("Service", namespace, own[0])
        if service is not None:
            return service, labels[0] if host else ""
    return None


def _endpoints(world: World, service: StoredObject, answers: bool) -> Iterator[StoredPod]:
    """The pods that a Service lists now; `answers`: only those that serve."""
    early = service.spec.get("publishNotReadyAddresses") is True and not answers
    for one in world.all("Pod", service.namespace):
        if (
            one.phase in TERMINAL
            or one.deleting is not None
            or not selectors.matches_all(service.spec["selector"], one.labels)
        ):
            continue
        if one.ready or (early and one.node is not None):
            yield one
