"""Two containers of a pod list the same port, or one container lists it twice.

The containers of a pod share one address: only one of them can listen on a port. The API server accepts the pod with
a warning; the second container fails with "address already in use", or the entry says nothing new.

Give the containers their own ports, and list each once.

See https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule


@rule(Category.RISKY, needs=("ports",))
def check(pod: PodSpec) -> Findings:
    """Find ports that stand twice; follows warningsForPodSpecAndMeta in pkg/api/pod."""
    values = pod.mapping()
    shared = bool(values.get("hostNetwork")) and pod.owner.kind == "Pod"
    seen: dict[tuple[Any, str], list[Port]] = {}
    for group in ("initContainers", "containers"):
        for index, container in enumerate(values.get(group) or ()):
            for position, port in enumerate((container or {}).get("ports") or ()):
                number = port.get("containerPort") if port else None
                if not number:
                    continue
                protocol = port.get("protocol") or "TCP"
                host_port = port.get("hostPort") or (number if shared else 0)
                own = Port(group, index, position, port.get("hostIP") or "", host_port)
                others = seen.setdefault((number, protocol), [])
                first = next((other for other in others if _clash(own, other) and not _renamed(pod, own, other)), None)
                if first is not None:
                    yield _node(pod, own).found(
                        f"port {number}/{protocol} stands twice in this pod",
                        help="give the containers their own ports, or remove one of the entries",
                        consequence="containers of a pod share one address: only one of them can listen on it",
                        related=((f"the first {number}/{protocol}", _node(pod, first)),),
                    )
                others.append(own)


class Port(NamedTuple):
    """A port and where it stands."""

    group: str
    container: int
    position: int
    host_ip: str
    host_port: int


def _clash(one: Port, other: Port) -> bool:
    if one.host_ip == other.host_ip and one.host_port == other.host_port:
        # Those of one turn (init containers run one by one) are refused: host-port-twice says so.
        same_turn = one.group == other.group and (one.group == "containers" or one.container == other.container)
        return not (one.host_port and same_turn)
    if not one.host_port or not other.host_port:
        return True
    return one.host_port == other.host_port and bool(one.host_ip) is not bool(other.host_ip)


def _renamed(pod: PodSpec, one: Port, other: Port) -> bool:
    """Whether one container gives one port two names: nothing is bound twice, and both names can be used."""
    if (one.group, one.container) != (other.group, other.container):
        return False
    names = [_node(pod, port).get("name") for port in (one, other)]
    return all(names) and names[0] != names[1]


def _node(pod: PodSpec, port: Port) -> Node:
    return pod.at(port.group, port.container, "ports", port.position)
