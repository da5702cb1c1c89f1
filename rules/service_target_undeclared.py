"""A Service that forwards to a number which none of its pods declares.

Without `targetPort` a Service forwards to its own number. Where the containers declare ports and this is none of them,
mostly nobody listens there: connections are refused. Declared ports are only information, so a program may listen
all the same.

Write the port on which the program listens as targetPort, or declare it in the container.

See https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, chosen_beside, rule
from kubetrial.lint.values.digits import whole

_HIGHEST = 65535


@rule(Category.ADVICE, needs=("selector",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Numbers that no container of the selected pods declares, where every one of these workloads declares some."""
    spec = service["spec"]
    selector = spec["selector"].mapping()
    if not selector or spec.get("type") == "ExternalName":
        return
    declared: set[Any] | None = None
    for port in spec["ports"].items():
        target = port.get("targetPort", port.get("port"))
        number = whole(target) if isinstance(target, str) else target
        if not isinstance(number, int) or number > _HIGHEST:
            continue
        if declared is None:
            workloads = chosen_beside(cluster, service, selector)
            ports = [
                {
                    (p.get("containerPort"), str(p.get("protocol") or "TCP"))
                    for c in w.pod.all_containers()
                    for p in c["ports"].items()
                }
                for w in workloads
            ]
            if not ports or not all(ports) or cluster.is_rewritten(service):
                return
            declared = set().union(*ports)
        protocol = str(port.get("protocol") or "TCP")
        if (number, protocol) not in declared:
            own = port["targetPort"] if port["targetPort"].present else port["port"]
            other = any(p == number for p, _ in declared)
            known = ", ".join(
                f"{p}/{how}" if other else str(p)
                for p, how in sorted((p, h) for p, h in declared if isinstance(p, int))
            )
            what = f"{number}/{protocol}" if other else str(number)
            yield own.found(
                f"the Service {service.name} forwards to port {what}, and its pods declare {known}",
                consequence=f"where nobody listens on {number} connections are refused",
                help="write the port that the program listens on as targetPort, or declare it in the container",
                related=((f"the containers of {workloads[0].name}", workloads[0].pod["containers"]),),
            )
