"""ServiceMonitors and PodMonitors of the Prometheus operator: what they select, and the ports that they name."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Object
from kubetrial.lint.yaml.node import Node

_GROUP = "monitoring.coreos.com"
_ENDPOINTS = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}


def monitors(cluster: Cluster) -> Iterator[Object]:
    """All monitors of the set."""
    for kind in _ENDPOINTS:
        yield from cluster.kind(_GROUP, kind)


def ports(monitor: Object) -> Iterator[Node]:
    """The port names of a monitor's endpoints."""
    for endpoint in monitor["spec"][_ENDPOINTS[monitor.kind]].items():
        if isinstance(endpoint.get("port"), str):
            yield endpoint["port"]
