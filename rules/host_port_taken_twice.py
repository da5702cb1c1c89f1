"""A port of the node that a DaemonSet has on every node, and another workload wants too.

A `hostPort` (with hostNetwork every containerPort) belongs to one pod of a node. Where a DaemonSet takes it on every
node on which the pods of the other workload may run, one of the two has all its pods Pending for ever ("node(s) didn't
have free ports for the requested pod ports"); the status of a DaemonSet counts them as desired.

Give one of them another port, or keep them on different nodes.

See https://kubernetes.io/docs/concepts/configuration/overview/#services
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    DaemonSet,
    Findings,
    Neighbours,
    Node,
    PodSpec,
    Workload,
    rule,
)

Port = tuple[str, str, int]


@rule(Category.BROKEN, needs=("ports",))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """For each port the first DaemonSet of the set, in any namespace, that runs on the same nodes with it."""
    mine = list(host_ports(workload.pod))
    if not mine or workload.spec.get("replicas") == 0 or workload.kind == "PodTemplate":
        return
    takers = cluster.once(_takers)
    said: set[int] = set()
    for port, node in mine:
        for other in _beside(workload, port, takers):
            if other.value is workload.value:
                break  # each pair of DaemonSets is said once, at the second one
            taken = next((n for theirs, n in host_ports(other.pod) if conflict(port, theirs)), None)
            if taken is None or not _meet(workload, other) or cluster.is_rewritten(workload, other):
                continue
            if id(other) not in said:
                said.add(id(other))
                yield node.found(
                    f"port {port[2]} of every node is taken by the DaemonSet {other.name}",
                    consequence="all pods of one of the two stay Pending: the nodes have no free ports for them",
                    help="write another port for one of them, or keep them on different nodes",
                    related=((f"taken by {other.name}", taken),),
                )
            break


def _beside(workload: Workload, port: Port, takers: Neighbours[DaemonSet]) -> Iterator[DaemonSet]:
    """The DaemonSets with the port that certainly run, in order; a folder with a namespace of its own holds no variants.

    In kube-system everybody is: network plugins or ingress controllers side by side are a choice.
    """
    found = [takers.applied_with(workload, port[1:])]
    if workload.namespace not in ("", "default", "kube-system"):
        found.append(one for one in takers.beside(workload, port[1:]) if one[1].namespace == workload.namespace)
    before = -1
    for number, other in merge(*found, key=lambda one: one[0]):
        if number != before:
            before = number
            yield other


def _meet(workload: Workload, taker: DaemonSet) -> bool:
    """Whether pods of the workload find the port taken: two DaemonSets on a common node, any other on all of its nodes."""
    if isinstance(workload, DaemonSet):
        return same_nodes(workload.pod, taker.pod)
    if taker.pod["affinity"].get("nodeAffinity") or workload.pod.get("nodeName"):
        return False
    mine, theirs = workload.pod["nodeSelector"].mapping(), taker.pod["nodeSelector"].mapping()
    return theirs.items() <= mine.items() and _bears_no_more(workload.pod, taker.pod)


def _bears_no_more(pod: PodSpec, taker: PodSpec) -> bool:
    """Whether the taker tolerates every taint that the pods do: they go to no node where it is not."""
    theirs = [t.value for t in taker["tolerations"].items()]
    if any(
        t.__class__ is dict and not t.get("key") and t.get("operator") == "Exists" and not t.get("effect")
        for t in theirs
    ):
        return True
    return all(t.value in theirs for t in pod["tolerations"].items())


def host_ports(pod: PodSpec) -> Iterator[tuple[Port, Node]]:
    """((host address, protocol, number), its place) of each port of the node that a pod takes."""
    network = pod.get("hostNetwork") is True
    for container in pod.all_containers():
        if not container.get("ports") or (container.is_init and not container.is_sidecar):
            continue
        for port in container["ports"].items():
            field = "hostPort" if port.get("hostPort") else "containerPort" if network else ""
            number = port.get(field) if field else None
            if isinstance(number, int):
                yield (str(port.get("hostIP", "0.0.0.0")), str(port.get("protocol", "TCP")), number), port[field]


def conflict(one: Port, other: Port) -> bool:
    """Whether two ports cannot be taken on one node."""
    return one[1:] == other[1:] and (one[0] == other[0] or "0.0.0.0" in (one[0], other[0]))


def same_nodes(one: PodSpec, other: PodSpec) -> bool:
    """Whether two templates certainly run on a common node: neither has affinity, and one's nodeSelector holds the other's."""
    if any(pod["affinity"].get("nodeAffinity") for pod in (one, other)):
        return False
    mine, theirs = one["nodeSelector"].mapping(), other["nodeSelector"].mapping()
    return mine.items() <= theirs.items() or theirs.items() <= mine.items()


def _takers(cluster: Cluster) -> Neighbours[DaemonSet]:
    """The DaemonSets by the ports of nodes that they take."""
    return Neighbours(
        cluster, ((port[1:], other) for other in cluster.all(DaemonSet) for port, _ in host_ports(other.pod))
    )
