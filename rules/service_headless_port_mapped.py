"""A headless Service is called on a port that only its `port` names and no pod listens on.

Without a cluster IP nothing maps ports: the name gives the addresses of the pods, and a caller has to use the port that
the program listens on, `targetPort`.

Call the target port, or write the same number as port and targetPort.

See https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Container,
    Findings,
    Object,
    Service,
    is_sure,
    rule,
    workloads_of,
)
from kubetrial.lint.objects.peers import texts_of

_CALL = re.compile(r"(?:^|[\s/@=,;'\"])(?:[a-z0-9][a-z0-9-]*\.)?([a-z][a-z0-9-]*)((?:\.[a-z0-9-]+)*):(\d{2,5})(?!\d)")


@rule(Category.RISKY)
def check(container: Container, cluster: Cluster) -> Findings:
    """Follows ShouldSkipService in pkg/proxy/util: a headless Service is not proxied."""
    owner = container.root
    if not isinstance(owner, Object):
        return
    for _, text in texts_of(container):
        for match in _CALL.finditer(text.value) if ":" in text.value else ():
            name, below, number = match.groups()
            if below and not re.fullmatch(
                rf"\.{re.escape(owner.namespace or 'default')}(\.svc(\.cluster\.local)?)?", below
            ):
                continue
            for service in cluster.named("", "Service", name):
                near = (service.namespace or "default") == (owner.namespace or "default")
                if not near or not isinstance(service, Service) or not service.is_headless:
                    continue
                if not is_sure(cluster, owner, service):
                    continue
                targets = [
                    p.get("targetPort") for p in service["spec"]["ports"].items() if str(p.get("port")) == number
                ]
                if (
                    len(targets) == 1
                    and isinstance(targets[0], int)
                    and str(targets[0]) != number
                    and not _listens(cluster, service, number)
                ):
                    yield text.found(
                        f"the Service {name} is headless, so nothing maps its port {number} to {targets[0]}",
                        consequence=f"on port {number} of the pods nobody listens: connection refused",
                        help=f"write port {targets[0]} here",
                        related=(("the Service", service["metadata"]["name"]),),
                    )
                    return


def _listens(cluster: Cluster, service: Service, number: str) -> bool:
    """Whether a pod of the Service says that it listens on the port itself."""
    return any(
        str(port.get("containerPort")) == number
        for workload in workloads_of(cluster, service, service.selector)
        for one in workload.pod.all_containers()
        for port in one["ports"].items()
    )
