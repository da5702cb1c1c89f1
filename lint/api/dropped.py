"""What the API server of a minor drops before it validates: fields whose feature gate is off by default in it.

The catalogue says which field hangs on which gate and in which minors that is off (`off`, from schemas/gates.toml); here stand the
few that a server drops in a way of its own. Follows dropDisabledFields and its like in pkg/api/pod, pkg/registry and pkg/api.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.values.records import dataclass, replace
from kubetrial.lint.yaml.node import Found, Node

NOTHING: tuple[Any, ...] = (None, [], {})
"""Values that leave nothing to drop."""

KEPT = "="
"""Before a type's name: the server keeps the type's own fields though their gates are off, as CronJobs do with those of Jobs."""

KEPT_UNTIL = {("batch.v1.JobTemplateSpec", "spec"): 36}
"""(type, field) -> the last minor whose server does not look into that field for gates."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A field that the server drops.

    `on` is the first later minor that has the gate on, None where no known one has; `also` are the nodes that go with it, and
    `becomes` what stands there instead. A field that is `kept` stays in this object and is dropped from those made of it.
    A `part` goes with something around it that rules know to look away from. `without` says what happens where it is gone.
    """

    node: Node
    gate: str
    on: int | None
    also: tuple[Node, ...] = ()
    becomes: Any = None
    kept: bool = False
    part: bool = False
    without: str = ""

    def gone(self) -> Iterator[tuple[Node, Any]]:
        """The nodes that rules never see, and what they see instead."""
        if not self.kept and not self.part:
            yield self.node, self.becomes
            yield from ((node, None) for node in self.also)

    def judged_no_more(self) -> Iterator[Node]:
        """The nodes inside of which the server looks at nothing but types."""
        if self.part and self.node.parent is not None:
            yield self.node.parent
        yield from (node for node, _ in self.gone())


def is_off(table: Mapping[str, Any], minor: int) -> bool:
    """Whether a field with these words of the catalogue is dropped in a minor."""
    if "off" in table:
        return any(first <= minor and (last is None or minor <= last) for first, last in table["off"])
    return bool(table.get("unread", False))


def next_on(table: Mapping[str, Any], minor: int) -> int | None:
    """The first minor after this one that has the field's gate on, None where no known one has."""
    spans = [(first, last) for first, last in table["off"] if last is None or last >= minor]
    return None if not spans or spans[0][1] is None else int(spans[0][1]) + 1


@dataclass(frozen=True, slots=True)
class Gated:
    """What the catalogue says of a field that is dropped: its gate, the next minor with it on, and what happens without the field."""

    gate: str
    on: int | None
    without: str = ""


def gated(table: Mapping[str, Any], minor: int) -> Gated:
    """Of a field that is off in a minor."""
    return Gated(table["gate"], next_on(table, minor), table.get("without", ""))


def field(node: Node, name: str, gated: Gated, minor: int) -> Dropped | None:
    """What a server of this minor drops of a field that hangs on a gate which is off; None where nothing."""
    value = node.value[name]
    if value in NOTHING:
        return None
    one = Dropped(Node(node.document, node, name, value), gated.gate, gated.on, without=gated.without)
    if gated.gate == "ImageVolume":
        return replace(one, also=_of_image_volume(node))
    if gated.gate == "VolumeAttributesClass" and node.root.get("kind") not in (
        "PersistentVolumeClaim",
        "PersistentVolume",
    ):
        return replace(one, kept=True)  # of a template for claims
    if gated.gate == "ProcMountType":
        return None if value == "Default" else replace(one, becomes="Default")
    if name == "restartPolicy" and minor in RESTART_POLICIES:
        if node.parent is None or node.parent.key != RESTART_POLICIES[minor][0]:
            return None
        return replace(one, becomes=NO_SIDECAR) if value == "Always" and minor == _SIDECARS else one
    return one


NO_SIDECAR = ""
"""What stands in place of the restartPolicy of a sidecar that a minor takes for an ordinary init container: it is none, and
the trial sees by it that the container was written to run for ever."""
_SIDECARS = 28
"""The last minor that drops the restartPolicy of init containers."""


RESTART_POLICIES = {
    28: ("initContainers", Gated("SidecarContainers", 29, "no other container starts before this one has ended")),
    34: ("containers", Gated("ContainerRestartRules", 35, "the container restarts by the restartPolicy of the pod")),
}
"""Minor -> the containers whose own restartPolicy is dropped in it, and the gate; the others of that minor are judged."""


def _of_image_volume(volume: Node) -> tuple[Node, ...]:
    """An image volume goes as a whole, and with it its mounts; follows dropImageVolumes."""
    spec = volume.parent.parent if volume.parent is not None else None
    name = volume.value.get("name")
    if spec is None or name is None:
        return (volume,)
    mounts = [
        mount
        for containers in ("containers", "initContainers", "ephemeralContainers")
        for container in spec[containers].items()
        for mount in container["volumeMounts"].items()
        if mount.get("name") == name
    ]
    return (volume, *mounts)


def of_kind(root: Node, type_name: str, minor: int) -> Iterator[Dropped]:
    """What the server drops of whole objects of a kind: the rules of a Job that would fail an index, where none can fail."""
    if type_name == "batch.v1.Job" and minor < _INDEXES_FAIL:
        for rule in root["spec"]["podFailurePolicy"]["rules"].items():
            if rule.get("action") == "FailIndex":
                yield Dropped(rule["action"], "JobBackoffLimitPerIndex", _INDEXES_FAIL, part=True)


_INDEXES_FAIL = 29
"""The first minor with JobBackoffLimitPerIndex on."""


def found(one: Dropped, minor: int) -> Found:
    """The finding: the gate, the minor that turns it on, and what happens without it."""
    on = f"set a Kubernetes version of 1.{one.on} or newer, or " if one.on is not None else ""
    what = one.node.key
    if one.kept:
        root = one.node.root.get("kind")
        made = "Job" if root == "CronJob" and one.gate != "VolumeAttributesClass" else "claim"
        return one.node.found(
            f"`{what}` needs the feature gate {one.gate}, which is off by default in Kubernetes 1.{minor}",
            help=f"remove it, or {on}turn the feature gate on",
            consequence=f"the {root} keeps the field, and each {made} that is made from it is stored without it"
            + (f": {one.without}" if one.without else ""),
            key=True,
        ).by("template-field-lost")
    does = "drops the whole rule" if one.part else "drops the field"
    if one.becomes is not None:
        does = f"stores {one.becomes} instead"
    consequence = f"the API server accepts the manifest and {does}" + (f": {one.without}" if one.without else "")
    return one.node.found(
        f"`{what}` needs the feature gate {one.gate}, which is off by default in Kubernetes 1.{minor}",
        help=f"remove it, or {on}turn the feature gate on",
        consequence=consequence,
        key=True,
        related=tuple(("goes with it", node) for node in one.also[1:]),
    ).by("field-dropped")
