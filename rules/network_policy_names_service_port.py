"""A NetworkPolicy that allows the port of a Service, while the pods listen on another one.

Policies are about the ports of pods: the address of the Service is rewritten before they apply. A policy that allows
port 80, where the Service forwards 80 to 8080, drops all its traffic.

Write the target port, as number or name.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    LabelSelector,
    NetworkPolicy,
    Node,
    Service,
    Workload,
    is_sure,
    rule,
    sure_of,
    workloads_of,
)
from kubetrial.lint.objects.policies import covers, restricts, rules_of, selected


@rule(Category.RISKY, needs=("ports",))
def check(policy: NetworkPolicy, cluster: Cluster) -> Findings:
    """Numbers that are a Service's port, no pod's, and whose target the policy does not allow; into the own pods and out to others."""
    for direction in ("Ingress", "Egress"):
        if not restricts(policy, direction):
            continue
        for one in rules_of(policy, direction):
            ports = [p for p in one["ports"].items() if isinstance(p.get("port"), int) and p.get("endPort") is None]
            ports = [p for p in ports if p.get("port") in cluster.once(_mapped)]
            if not ports:
                continue
            workloads = selected(policy, cluster) if direction == "Ingress" else _reached(policy, one, cluster)
            for port in ports:
                found = _judged(policy, direction, port, workloads, cluster)
                if found is not None:
                    service, target = found
                    yield port["port"].found(
                        f"the policy {policy.name} allows port {port.get('port')}, the port of the Service {service.name}; "
                        f"its pods listen on {target}",
                        consequence="policies are about the ports of pods: the traffic is dropped, and connections hang",
                        help=f"write port: {target}",
                        related=((f"the ports of the Service {service.name}", service["spec"]["ports"]),),
                    )


def _mapped(cluster: Cluster) -> frozenset[int]:
    """The ports of Services that forward them to another number, or to a name."""
    return frozenset(
        port["port"]
        for service in cluster.all(Service)
        for port in service["spec"].get("ports") or ()
        if isinstance(port, dict)
        and isinstance(port.get("port"), int)
        and port.get("targetPort") not in (None, port["port"])
    )


def _reached(policy: NetworkPolicy, one: Node, cluster: Cluster) -> list[Workload]:
    """The workloads of the own namespace that an egress rule leads to."""
    found: list[Workload] = []
    for peer in one["to"].items():
        if peer.get("podSelector") and peer.get("namespaceSelector") is None:
            selector = peer["podSelector"].view(LabelSelector)
            found += sure_of(cluster, policy, workloads_of(cluster, policy, selector))
    return found


def _judged(
    policy: NetworkPolicy, direction: str, port: Node, workloads: list[Workload], cluster: Cluster
) -> tuple[Service, int] | None:
    """The Service whose port it is, and the number that its pods listen on."""
    number, protocol = port.get("port"), str(port.get("protocol") or "TCP")
    for workload in workloads:
        if any(p.get("containerPort") == number for c in workload.pod.all_containers() for p in c["ports"].items()):
            continue
        for service in cluster.services_for(workload.pod.labels, workload.namespace):
            for target in _targets(service, workload, number, protocol):
                if target == number or not is_sure(cluster, policy, service):
                    continue
                every = [p for r in rules_of(policy, direction) for p in r["ports"].items()]
                free = any(not r.get("ports") for r in rules_of(policy, direction))
                if not free and not any(covers(p, target, protocol) or isinstance(p.get("port"), str) for p in every):
                    return service, target
    return None


def _targets(service: Service, workload: Workload, number: int, protocol: str) -> Iterator[int]:
    """The numbers to which a Service forwards a port, in the pods of a workload."""
    for port in service["spec"]["ports"].items():
        if port.get("port") != number or str(port.get("protocol") or "TCP") != protocol:
            continue
        target = port.get("targetPort", number)
        if isinstance(target, int):
            yield target
        for container in workload.pod.all_containers():
            for own in container["ports"].items():
                if own.get("name") == target and isinstance(own.get("containerPort"), int):
                    yield own.get("containerPort")
