"""A headless Service is called on a port that only its `port` names and no pod listens on.

Without a cluster IP nothing maps ports: the name gives the addresses of the pods, and a caller has to use the port that
the program listens on, `targetPort`.

Call the target port, or write the same number as port and targetPort.

See https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    ConfigMap,
    Findings,
    Object,
    Secret,
    Service,
    Workload,
    is_sure,
    rule,
    workloads_of,
)
from kubetrial.lint.objects.config_uses import names_of
from kubetrial.lint.objects.hosts import Host, hosts_of_workload
from kubetrial.lint.objects.peers import written

_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}
"""The ports that a URL without one means."""


@rule(Category.RISKY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Follows ShouldSkipService in pkg/proxy/util: a headless Service is not proxied."""
    names = cluster.once(_headless_names)
    if not names or not _may_call(workload, names, cluster):
        return
    for host in hosts_of_workload(workload, cluster):
        service, number = _called(host, workload, cluster), host.port or _implied(host)
        if service is None or not number or not is_sure(cluster, workload, service):
            continue
        target = _target(service, cluster, number)
        if target is not None and str(target) != number and not _listens(cluster, service, number):
            yield host.node.found(
                f"the Service {service.name} is headless, so nothing maps its port {number} to {target}",
                consequence=f"on port {number} of the pods nobody listens: connection refused",
                help=f"write port {target} here",
                related=(("the Service", service["metadata"]["name"]),),
            )
            return


def _may_call(workload: Workload, names: frozenset[str], cluster: Cluster) -> bool:
    """Whether a text that the pods are given holds one of the names; costs little."""
    configs = cluster.once(_configs_with_names)
    if configs and any(one in configs for one in names_of(workload.pod)):
        return True
    return any(name in written(container) for container in workload.pod.all_containers() for name in names)


def _configs_with_names(cluster: Cluster) -> frozenset[tuple[str, str]]:
    """(kind, name) of the ConfigMaps and Secrets that hold one of the names."""
    names = cluster.once(_headless_names)
    return frozenset(
        (config.kind, config.name)
        for view, field in ((ConfigMap, "data"), (Secret, "stringData"))
        for config in cluster.all(view)
        if any(isinstance(text, str) and name in text for text in config[field].mapping().values() for name in names)
    )


def _headless_names(cluster: Cluster) -> frozenset[str]:
    """The names of all headless Services that map a port."""
    return frozenset(
        service.name
        for service in cluster.all(Service)
        if service.is_headless
        and any(p.get("targetPort") not in (None, p.get("port")) for p in service["spec"]["ports"].items())
    )


def _called(host: Host, workload: Object, cluster: Cluster) -> Service | None:
    """The headless Service of the own namespace that a name means, or of one of whose pods it is the name."""
    space = workload.namespace or "default"
    labels = host.name.split(".")
    if cluster.once(_headless_names).isdisjoint(labels[:2]):
        return None
    for first in (0, 1):
        below = ".".join(labels[first + 1 :])
        is_local = below in ("", space, f"{space}.svc", f"{space}.svc.cluster.local")
        if len(labels) > first and is_local:
            for service in cluster.named("", "Service", labels[first]):
                near = (service.namespace or "default") == space
                if near and isinstance(service, Service) and service.is_headless:
                    return service
    return None


def _implied(host: Host) -> str:
    """The port that the scheme of a URL means where none is written."""
    before = str(host.node.value).partition(host.name)[0]
    return next((port for scheme, port in _PORTS.items() if before.endswith(f"{scheme}://")), "")


def _target(service: Service, cluster: Cluster, number: str) -> int | None:
    """The one port of the pods to which a port of the Service would be mapped."""
    targets = [p.get("targetPort") for p in service["spec"]["ports"].items() if str(p.get("port")) == number]
    if len(targets) != 1 or isinstance(targets[0], int):
        return targets[0] if targets and len(targets) == 1 else None
    found = {
        port.get("containerPort")
        for workload in workloads_of(cluster, service, service.selector)
        for one in workload.pod.all_containers()
        for port in one["ports"].items()
        if targets[0] is not None and port.get("name") == targets[0]
    }
    return found.pop() if len(found) == 1 else None


def _listens(cluster: Cluster, service: Service, number: str) -> bool:
    """Whether a pod of the Service says that it listens on the port itself."""
    return any(
        str(port.get("containerPort")) == number
        for workload in workloads_of(cluster, service, service.selector)
        for one in workload.pod.all_containers()
        for port in one["ports"].items()
    )
