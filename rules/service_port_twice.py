"""Two ports of a Service listen on the same number, or take the same node port.

A Service has one address: two entries with the same `port` and `protocol` would fight for it, so the API server
refuses them. The same holds for `nodePort` and protocol on the nodes. TCP and UDP on one number are fine.

Remove one entry or change its number. Two names for one port are two Services.

See https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.REJECTED, needs=("ports",))
def check(service: Service) -> Findings:
    """Find ports that collide inside one Service."""
    ports = (service.mapping().get("spec") or {}).get("ports") or ()
    if len(ports) < 2:
        return
    for field in ("nodePort", "port"):
        seen: dict[tuple[Any, Any], int] = {}
        for index, port in enumerate(ports):
            number = (port or {}).get(field) or 0
            if not number and field == "nodePort":
                continue
            protocol = (port or {}).get("protocol") or "TCP"
            first = seen.setdefault((protocol, number), index)
            if first == index:
                continue
            items = service.at("spec", "ports")
            node = items[index]
            yield (node if field == "port" else node[field]).found(
                f"{field} {number}/{protocol} stands twice in this Service",
                help="change one of the numbers, or remove one of the entries",
                related=((f"the first {number}/{protocol}", items[first]),),
            )
