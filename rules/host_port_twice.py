"""Two containers of a pod want the same port of the host.

A port of a node can be given once for each protocol and address. The API server refuses the pod; on the host's
network every container port is a host port. The same number for TCP and UDP is fine.

Change one of the ports, or leave `hostPort` away: pods reach one another without it.

See https://kubernetes.io/docs/concepts/configuration/overview/#services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.REJECTED, needs=("ports",))
def check(pod: PodSpec) -> Findings:
    """Find host ports that collide; follows AccumulateUniqueHostPorts in pkg/apis/core/validation."""
    values = pod.mapping()
    everywhere = bool(values.get("hostNetwork")) and pod.owner.kind == "Pod"
    for group in ("containers", "initContainers"):
        seen: dict[tuple[str, str, int], tuple[int, int]] = {}
        for index, container in enumerate(values.get(group) or ()):
            if group == "initContainers":
                seen = {}  # they run one after another
            for position, port in enumerate((container or {}).get("ports") or ()):
                number = (port or {}).get("hostPort") or (everywhere and (port or {}).get("containerPort"))
                if not number:
                    continue
                protocol = port.get("protocol") or "TCP"
                first = seen.setdefault((protocol, port.get("hostIP") or "", number), (index, position))
                if first != (index, position):
                    yield pod[group][index]["ports"][position]["hostPort"].found(
                        f"port {number}/{protocol} of the host is wanted twice in this pod",
                        help="change one of the two, or leave hostPort away",
                        related=((f"the first {number}/{protocol}", pod[group][first[0]]["ports"][first[1]]),),
                    )
