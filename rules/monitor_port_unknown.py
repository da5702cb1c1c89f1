"""A ServiceMonitor or PodMonitor that names a port which nothing selected has.

`port` of a ServiceMonitor is the name of a Service port, that of a PodMonitor the name of a container port; a number
is no name. Without such a port Prometheus drops the target: metrics and alerts are missing, and no error says why.

Write the name of a port.

See https://prometheus-operator.dev/docs/developer/getting-started/#using-servicemonitors
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import (
    MOST_NAMES,
    Category,
    Cluster,
    Findings,
    LabelSelector,
    Node,
    Object,
    Workload,
    is_injected,
    nearest,
    ports_of,
    rule,
    services_of,
    sure_of,
    workloads_of,
)
from kubetrial.lint.objects.monitors import monitors, ports


@rule(Category.BROKEN, needs=("endpoints", "podMetricsEndpoints"))
def check(cluster: Cluster) -> Findings:
    """Names that no port of the selected Services or pods has."""
    names: dict[int, set[str]] = {}  # of the ports of each list of the index
    for monitor in monitors(cluster):
        selector = monitor["spec"]["selector"].view(LabelSelector)
        elsewhere = monitor["spec"]["namespaceSelector"].mapping()
        if selector.is_empty or elsewhere:
            continue
        of_pods = monitor.kind == "PodMonitor"
        chosen: list[Any] = (workloads_of if of_pods else services_of)(cluster, monitor, selector)
        if not chosen or len(sure_of(cluster, monitor, chosen)) < len(chosen):
            continue
        if id(chosen) not in names:
            names[id(chosen)] = {name for one in chosen for name in _names(one)}
        known = names[id(chosen)]
        for port in ports(monitor):
            if port.value in known or is_injected(port.value):
                continue
            close = nearest(port.value, sorted(known)[:MOST_NAMES])
            yield port.found(
                f"{chosen[0]} has no port named {port.value}; it has {', '.join(sorted(known)) or 'none with a name'}",
                consequence="Prometheus drops the target: its metrics and alerts are missing",
                help=f"write {close}" if close else "write the name of a port",
                related=(
                    (
                        f"the {'containers' if of_pods else 'ports'} of {chosen[0].kind} {chosen[0].name}",
                        _told(chosen[0]),
                    ),
                ),
            )


def _told(obj: Object) -> Node:
    """What says the names of an object's ports."""
    return obj.pod["containers"] if isinstance(obj, Workload) else obj["spec"]["ports"]


def _names(obj: Object) -> set[str]:
    if not isinstance(obj, Workload):
        return {str(port["name"]) for port in ports_of(obj) if port.get("name")}
    return {str(p.get("name")) for c in obj.pod.all_containers() for p in c["ports"].items() if p.get("name")}
