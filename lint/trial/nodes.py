"""The nodes of the cluster: the profile they come from, and what becomes of them.

The default profile is one control-plane node with its taint and three workers of 8 CPU and 32Gi in three zones, with one default
StorageClass (WaitForFirstConsumer) and one that binds at once.
Follows pkg/controller/{nodelifecycle,tainteviction,podgc}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kubetrial.lint.trial.resources import Amounts, amounts
from kubetrial.lint.trial.world import Object

if TYPE_CHECKING:
    from kubetrial.lint.trial.world import World


@dataclass(frozen=True, slots=True)
class Profile:
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
    open_world: bool = False
    """What is referred to and not given (ConfigMap, Secret, claim, class, PriorityClass) is taken to exist."""


DEFAULT_PROFILE = Profile()


class Node(Object):
    """A node as the scheduler and the controllers see it. `alive`: its agent reports; `ready`: the control plane believes so."""

    __slots__ = ("alive", "allocatable", "ready", "taints", "unschedulable")

    def __init__(self, name: str, uid: int, labels: Mapping[str, str], taints: list[dict[str, Any]], allocatable: Amounts) -> None:
        super().__init__("Node", "", name, uid, {})
        self.labels = labels
        self.taints = taints
        self.allocatable = allocatable
        self.unschedulable = False
        self.alive = True
        self.ready = True


def build(world: World, name: str, zone: int, control_plane: bool = False) -> Node:
    """A fresh node of the profile."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": f"zone-{zone % world.profile.zones}",
        "topology.kubernetes.io/region": "region-0",
        "node.kubernetes.io/instance-type": "sim",
    }
    taints: list[dict[str, Any]] = []
    if control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
        taints.append({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"})
    return Node(name, world.next_uid(), labels, taints, amounts(world.profile.capacity))


def populate(world: World) -> None:
    """Put the profile's nodes into a fresh world: workers `node-0` ..., control-plane nodes `cp-0` ..."""
    for i in range(world.profile.workers):
        world.add_node(build(world, f"node-{i}", i))
    for i in range(world.profile.control_planes):
        world.add_node(build(world, f"cp-{i}", i, control_plane=True))


def act(world: World, verb: str, name: str, value: Any) -> bool:
    """An action of the scenario on a node; False when there is no such node or verb."""
    return False
