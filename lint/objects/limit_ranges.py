"""Resources of containers with what a LimitRange of their namespace fills in."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.facts import limit_ranges
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import LimitRange, PodSpec


def with_limit_range(pod: PodSpec, cluster: Cluster) -> dict[str, Any]:
    """The pod's spec with the container defaults of its namespace's LimitRanges filled in."""
    found = cluster.beside(pod.owner, LimitRange)
    return limit_ranges.all_filled(pod.mapping(), (one["spec"].mapping() for one in found))
