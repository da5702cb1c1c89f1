"""The cluster profile: what the cluster of a trial looks like.

The default is one control-plane node with its taint and three workers of 8 CPU and 32Gi in three zones, one default
StorageClass (WaitForFirstConsumer) and one that binds at once.
"""

from __future__ import annotations

from collections.abc import Mapping

from kubetrial.lint.values.records import dataclass, field


@dataclass(frozen=True, slots=True)
class ClusterProfile:
    """What the cluster looks like. Part of the configuration: a finding that rests on it says so."""

    workers: int = 3
    control_planes: int = 1
    zones: int = 3
    capacity: Mapping[str, str] = field(
        default_factory=lambda: {"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    )
    storage_classes: Mapping[str, str] = field(
        default_factory=lambda: {"standard": "WaitForFirstConsumer", "immediate": "Immediate"}
    )
    default_storage_class: str = "standard"
    attach_volumes: bool = True
    """Volumes for one node are disks: attached to one node at a time (attachment.py)."""
    closed_world: bool = True
    """What is referred to and not given (ConfigMap, Secret, claim, class, PriorityClass) is taken to exist."""


DEFAULT_PROFILE = ClusterProfile()
