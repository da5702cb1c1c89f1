"""Two containers of a pod list the same port, or one container lists it twice.

The containers of a pod share one address: only one of them can listen on a port. The API server accepts the pod with
a warning; the second container fails with "address already in use", or the entry says nothing new.

Give the containers their own ports, and list each once.

See https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PodSpec
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule

Port = tuple[Node, str, int, int]  # where, hostIP, hostPort, and who runs at one time (the init containers one by one)


@rule(Category.RISKY)
def check(pod: PodSpec) -> Findings:
    """Find ports that stand twice; follows warningsForPodSpecAndMeta in pkg/api/pod."""
    values = pod.mapping()
    shared = bool(values.get("hostNetwork")) and pod.owner.kind == "Pod"
    seen: dict[tuple[Any, str], list[Port]] = {}
    for group in ("initContainers", "containers"):
        for index, container in enumerate(values.get(group) or ()):
            for position, port in enumerate((container or {}).get("ports") or ()):
                if not port or not port.get("containerPort"):
                    continue
                number, protocol = port["containerPort"], port.get("protocol") or "TCP"
                host_ip = port.get("hostIP") or ""
                host_port = port.get("hostPort") or (number if shared else 0)
                turn = index if group == "initContainers" else -1
                others = seen.setdefault((number, protocol), [])
                if others:
                    node = pod[group][index]["ports"][position]
                    yield from _clash((node, host_ip, host_port, turn), f"{number}/{protocol}", others)
                others.append((pod[group][index]["ports"][position], host_ip, host_port, turn))


def _clash(own: Port, port: str, others: list[Port]) -> Findings:
    node, host_ip, host_port, turn = own
    for other, other_ip, other_port, other_turn in others:
        if host_ip == other_ip and host_port == other_port:
            if host_port and turn == other_turn:
                continue  # refused, and said by host-port-twice
        elif host_port and other_port and (host_port != other_port or bool(host_ip) is bool(other_ip)):
            continue
        yield node.found(
            f"port {port} stands twice in this pod",
            help="give the containers their own ports, or remove one of the entries",
            consequence="containers of a pod share one address: only one of them can listen on it",
            related=((f"the first {port}", other),),
        )
        return
