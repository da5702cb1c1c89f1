"""How many pods an update may add and take away: the numbers that a strategy comes to.

Strategies are read with the server's defaults filled in, or as they are written where these say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values.int_or_percent import scaled

DEFAULT = "25%"
"""What maxSurge and maxUnavailable of a Deployment are where they are not written."""


def of_deployment(strategy: Mapping[str, Any], replicas: int) -> tuple[int, int]:
    """(more, fewer) pods: surge is rounded up, unavailability down, and not both are zero; follows ResolveFenceposts."""
    if (strategy.get("type") or "RollingUpdate") != "RollingUpdate":
        return 0, 0
    rolling = strategy.get("rollingUpdate") or {}
    more = scaled(_written(rolling, "maxSurge", DEFAULT), replicas, up=True)
    fewer = scaled(_written(rolling, "maxUnavailable", DEFAULT), replicas, up=False)
    return more, min(fewer if more or fewer else 1, replicas)


def of_statefulset(strategy: Mapping[str, Any], replicas: int) -> int:
    """How many pods may go at one time: at least one, a percentage rounded down; follows getStatefulSetMaxUnavailable."""
    rolling = strategy.get("rollingUpdate") or {}
    return max(scaled(_written(rolling, "maxUnavailable", 1), replicas, up=False), 1)


def of_daemonset(strategy: Mapping[str, Any], nodes: int) -> tuple[int, int]:
    """(nodes with a second pod, nodes without one), both rounded up; without a surge at least one; follows SurgeCount and
    UnavailableCount.
    """
    if (strategy.get("type") or "RollingUpdate") != "RollingUpdate":
        return 0, 0
    rolling = strategy.get("rollingUpdate") or {}
    more = scaled(_written(rolling, "maxSurge", 0), nodes, up=True)
    fewer = scaled(_written(rolling, "maxUnavailable", 1), nodes, up=True)
    return more, fewer if more or fewer or not nodes else 1


def _written(rolling: Mapping[str, Any], field: str, default: Any) -> Any:
    value = rolling.get(field)
    return default if value is None else value
