"""A Service that forwards to a port name which none of its pods has for the protocol.

`targetPort` is a number, or the name of a container port of the same protocol (TCP where none is written). A name that
no container of the selected pods has resolves to nothing: the Service's endpoints lack the port, and connections to it
are refused. No event says why.

Write the name of a container port, or its number.

See https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    MOST_NAMES,
    Category,
    Cluster,
    Findings,
    PodSpec,
    Service,
    Workload,
    chosen_beside,
    is_injected,
    nearest,
    rule,
)

_ENDING = ("Job", "CronJob")


@rule(Category.BROKEN, needs=("selector",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Named targets that stand in no template that the Service selects."""
    spec = service.value.get("spec") or {}
    selector = spec.get("selector")
    if not selector or spec.get("type") == "ExternalName":
        return
    for index, port in enumerate(spec.get("ports") or ()):
        target = (port or {}).get("targetPort")
        if not isinstance(target, str) or not target or target.isdigit() or target != target.lower():
            continue
        workloads = chosen_beside(cluster, service, selector)
        if not workloads or cluster.is_rewritten(service):
            return
        if not cluster.complete and all(workload.kind in _ENDING for workload in workloads):
            return  # what serves has the labels of the Job, and is not of this set
        known = _reached(cluster, workloads)
        protocol = port.get("protocol") or "TCP"
        if (target, protocol) in known or is_injected(target):
            continue
        close = nearest(target, sorted(name for name, of_protocol in known if of_protocol == protocol)[:MOST_NAMES])
        if close:
            help = f"write targetPort: {close}"
        elif (other := next((p for name, p in sorted(known) if name == target), None)) is not None:
            help = f"write protocol: {other}, or add a container port for {protocol} with a name of its own"
        else:
            help = f"give the container port the name {target}, or write its number"
        what = f"no container of {workloads[0]} has a port named {target}"
        if any(name == target for name, _ in known):
            what += f" for {protocol}"
        yield service["spec"]["ports"][index]["targetPort"].found(
            what,
            consequence="the Service has no endpoint for this port: connections to it are refused",
            help=help,
            related=((f"the containers of {workloads[0]}", workloads[0].pod["containers"]),),
        )


def _known_reached(_: Cluster) -> dict[int, set[tuple[str, str]]]:
    """A list of the index, by its id -> its named ports."""
    return {}


def _reached(cluster: Cluster, workloads: list[Workload]) -> set[tuple[str, str]]:
    """The named ports of some workloads; worked out once for a list of the index."""
    known = cluster.once(_known_reached)
    if id(workloads) not in known:
        known[id(workloads)] = {port for w in workloads for port in named_ports(w.pod)}
    return known[id(workloads)]


def named_ports(pod: PodSpec) -> set[tuple[str, str]]:
    """(name, protocol) of all container ports that a Service can reach: of containers and native sidecars."""
    found = set()
    for container in pod.all_containers():
        if container.is_init and not container.is_sidecar:
            continue
        for port in container.get("ports") or ():
            if port and isinstance(port.get("name"), str):
                found.add((port["name"], str(port.get("protocol") or "TCP")))
    return found
