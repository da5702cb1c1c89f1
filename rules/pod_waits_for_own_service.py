"""A pod that waits for its own Service, which has it as an endpoint only when it is ready.

A Service lists ready pods. An init container that waits for the Service of its own pod runs before the pod can be
ready, and so does a container whose readiness needs that Service: on the first start there is no other pod, and it waits
for ever (Init:0/1, or 0/1 Running).

Talk to the neighbour over localhost, wait for something else, or write `publishNotReadyAddresses: true` in a headless
Service for peers.

See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Container,
    Findings,
    Node,
    PodSpec,
    Service,
    Workload,
    is_sure,
    rule,
    workloads_of,
)
from kubetrial.lint.facts import kinds
from kubetrial.lint.objects.hosts import Host, hosts_in, hosts_of
from kubetrial.lint.objects.peers import written
from kubetrial.lint.values.pattern import pattern

_GOES_ON = pattern(r"\|\| *(?:true|:|exit 0|echo)|\bif\b|\bcase\b|\bbreak\b|\btimeout\b|&& *exit 0|\bcurl\b.*-d|\[\[")
"""Signs of a script that does not wait for ever, or only in some pods."""
_LOOKS_UP = r"\b(?:nslookup|dig|host|getent (?:hosts|ahosts))(?: +[-+]\S+){0,4} +"
"""What asks a name server, before the name that it asks for."""
_PROBES = ("readinessProbe", "startupProbe")
_WAITING = (*_PROBES, "lifecycle")
_SAYS_WHO = pattern(
    r"advert|external|public|issuer|redirect|callback|self|origin|allow|listen|bind|cors|root.?url|base.?url|site|proxy|cert|domain|webhook|service.?name",
    re.I,
)
"""Names of what only says where others find the program."""


@rule(Category.RISKY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Init containers, hooks and probes that name a Service of the own pods alone, and helpers that are ready only with it."""
    if workload.kind not in kinds.LASTING or not _may_wait(workload.pod) or not _is_named(workload, cluster):
        return
    for host, why, client in _waiting(workload):
        service = _own_service(host, workload, cluster)
        if service is None or (client is not None and not _is_client(host, client, service)):
            continue
        if _only_looks_up(host) and not service.is_headless:
            continue  # the name of a Service with an address is known as soon as there is the Service
        yield host.node.found(
            f"{why} needs the Service {service.name}, which has this pod itself as endpoint, and only when it is ready",
            consequence="on the first start the Service has no endpoint: it waits for ever, and the pod never gets ready",
            help="use localhost for a container of the same pod, wait for something else, or set publishNotReadyAddresses: true",
            related=((f"the selector of {service.name}", service["spec"]["selector"]),),
        )
        return


def _is_named(workload: Workload, cluster: Cluster) -> bool:
    """Whether a text of the pods, or the host that a probe asks, holds the name of a Service that chooses them; costs little."""
    names = {service.name for service in cluster.services_for(workload.pod.labels, workload.namespace)}
    for container in workload.pod.all_containers() if names else ():
        probes = [str(container[probe]["httpGet"].get("host")) for probe in _PROBES if container.get(probe)]
        if any(name in text for text in (written(container), *probes) for name in names):
            return True
    return False


def _may_wait(pod: PodSpec) -> bool:
    """Whether anything of a pod can wait for a Service: an init container, a second container, a probe or hook; costs little."""
    written = pod.mapping()
    containers = written.get("containers")
    if written.get("initContainers") or not isinstance(containers, list) or len(containers) != 1:
        return True
    return isinstance(containers[0], dict) and any(containers[0].get(field) for field in _WAITING)


def _own_service(host: Host, workload: Workload, cluster: Cluster) -> Service | None:
    """The Service that a host names, if it chooses ready pods of this workload and of no other one."""
    if not _is_the_service(host, workload):
        return None
    space = workload.namespace or "default"
    for service in cluster.named("", "Service", host.label):
        if not isinstance(service, Service) or (service.namespace or "default") != space:
            continue
        selector = service.selector
        if selector.is_empty or not selector.matches(workload.pod.labels) or not is_sure(cluster, workload, service):
            continue
        if service["spec"].get("publishNotReadyAddresses") is True:
            continue
        if all(other.value is workload.value for other in workloads_of(cluster, service, selector)):
            return service
    return None


def _waiting(workload: Workload) -> Iterator[tuple[Host, str, Container | None]]:
    """(a host, who waits for it, the helper if it is one) of everything that keeps the pod from being ready."""
    several = len(list(workload.pod.containers())) > 1
    for container in workload.pod.all_containers():
        if container.is_init and not container.is_sidecar:
            yield from (
                (h, f"the init container {container.name}", None)
                for h in hosts_of(container)
                if _waits(h.node) and not _SAYS_WHO.search(h.variable)
            )
            continue
        yield from ((h, f"the probe of {container.name}", None) for h in _of_probes(container))
        hook = f"the postStart hook of {container.name}"
        yield from ((h, hook, None) for h in _of_start(container) if _waits(h.node))
        if several and container.get("readinessProbe"):
            said = f"{container.name} is ready only when it works, and"
            yield from ((h, said, container) for h in hosts_of(container))


def _waits(node: Node) -> bool:
    return not _GOES_ON.search(str(node.value))


def _only_looks_up(host: Host) -> bool:
    """Whether a command asks for the address of a host, and for nothing else of it."""
    line = host.node.root.value
    for step in host.node.steps[:-1]:
        line = line[step]
    text = " ".join(map(str, line)) if isinstance(line, list) else str(host.node.value)
    named = len(re.findall(rf"(?<![\w.-]){re.escape(host.name)}(?![\w-])", text))
    looked_up = len(re.findall(rf"{_LOOKS_UP}{re.escape(host.name)}(?![\w-])", text))
    echoed = len(re.findall(rf"\becho\b[^;|&]*?(?<![\w.-]){re.escape(host.name)}(?![\w-])", text))
    return 0 < looked_up == named - echoed


def _of_probes(container: Container) -> Iterator[Host]:
    for name in _PROBES:
        probe = container.get(name)
        if not isinstance(probe, dict):
            continue
        for item in container[name]["exec"]["command"].items() if probe.get("exec") else ():
            yield from (h for h in hosts_in("", item) if _waits(item))
        for kind in ("httpGet", "tcpSocket"):
            if not isinstance(probe.get(kind), dict) or not probe[kind].get("host"):
                continue
            host = container[name][kind]["host"]
            if isinstance(host.value, str):
                yield Host(host.value, "", "", host)


def _of_start(container: Container) -> Iterator[Host]:
    for item in container["lifecycle"]["postStart"]["exec"]["command"].items() if container.get("lifecycle") else ():
        yield from hosts_in("", item)


def _is_client(host: Host, container: Container, service: Service) -> bool:
    """Whether a container of several asks for a port of the Service that it does not serve itself."""
    ports = {str(p.get("port")) for p in service["spec"]["ports"].items()}
    own = {str(p.get("containerPort")) for p in container["ports"].items()}
    text = host.variable or str(host.node.value).partition(host.name)[0]
    return host.port in ports and host.port not in own and not _SAYS_WHO.search(text)


def _is_the_service(host: Host, workload: Workload) -> bool:
    """Whether the name is that of the Service itself in the pod's own namespace, not of a single pod below it."""
    below = host.name.partition(".")[2]
    space = workload.namespace or "default"
    return below in ("", space, f"{space}.svc", "svc", f"{space}.svc.cluster.local")
