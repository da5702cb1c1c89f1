"""A NetworkPolicy that allows a port name which none of its pods has for the protocol.

A named port of an ingress rule means the container ports of that name and protocol (TCP where none is written) in the
selected pods. Where no container has it, the rule allows nothing, and connections hang until they time out.

Write the name of a container port, or its number.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    MOST_NAMES,
    Category,
    Cluster,
    Findings,
    LabelSelector,
    NetworkPolicy,
    PodSpec,
    Workload,
    is_injected,
    nearest,
    rule,
    sure_of,
    workloads_of,
)


@rule(Category.BROKEN, needs=("ingress",))
def check(policy: NetworkPolicy, cluster: Cluster) -> Findings:
    """Named ports of ingress rules that stand in no template that the policy selects."""
    spec = policy.value.get("spec") or {}
    wanted = [
        (i, j, port["port"], str(port.get("protocol") or "TCP"))
        for i, one in enumerate(spec.get("ingress") or ())
        for j, port in enumerate((one or {}).get("ports") or ())
        if port and isinstance(port.get("port"), str)
    ]
    if not wanted:
        return
    selector = policy["spec"]["podSelector"].view(LabelSelector)
    workloads = sure_of(cluster, policy, workloads_of(cluster, policy, selector))
    if not workloads or selector.is_empty:
        return
    known = _named(cluster, workloads)
    for i, j, name, protocol in wanted:
        if (name, protocol) not in known and not is_injected(name):
            close = nearest(name, sorted(other for other, of_protocol in known if of_protocol == protocol)[:MOST_NAMES])
            has_other = any(other == name for other, _ in known)
            yield policy["spec"]["ingress"][i]["ports"][j]["port"].found(
                f"no container of {workloads[0]} has a port named {name}" + (f" for {protocol}" if has_other else ""),
                consequence="the rule allows nothing through: connections to the pods hang until they time out",
                help=f"write {close}" if close else "write the name of a container port, or its number",
                related=((f"the containers of {workloads[0]}", workloads[0].pod["containers"]),),
            )


def _known_named(_: Cluster) -> dict[int, set[tuple[str, str]]]:
    """A list of the index, by its id -> its named ports."""
    return {}


def _named(cluster: Cluster, workloads: list[Workload]) -> set[tuple[str, str]]:
    """The named ports of some workloads; worked out once for a list of the index."""
    known = cluster.once(_known_named)
    if id(workloads) not in known:
        known[id(workloads)] = {port for w in workloads for port in named_ports(w.pod)}
    return known[id(workloads)]


def named_ports(pod: PodSpec) -> set[tuple[str, str]]:
    """(name, protocol) of all container ports of a pod that have a name."""
    ports = [port for container in pod.all_containers() for port in container["ports"].items()]
    return {(str(port.get("name")), str(port.get("protocol") or "TCP")) for port in ports if port.get("name")}
