"""What the containers do, what is done to the cluster, and how long a trial lasts.

The written form is the `scenario.json` of a recorded timeline: `workloads` ("Kind/name" -> containers and indexes),
`actions` ({at, verb, target, value}), `cluster`, `startClock`, `horizonSeconds`. "*" for a workload or a container
means any.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

from kubetrial.lint.trial.profile import DEFAULT_PROFILE, ClusterProfile
from kubetrial.lint.values.records import dataclass, field, fields, replace

EPOCH = datetime.datetime(2026, 3, 2, 12, 0, 0, tzinfo=datetime.timezone.utc)
"""The moment of second 0 when a scenario names none: a Monday, noon, UTC."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one container does. A sequence holds one entry an attempt; the last one repeats; empty means the default."""

    run_seconds: tuple[float, ...] = ()
    exit_codes: tuple[int, ...] = ()
    ready_after: float = 0.0
    never_ready: bool = False
    pull_fails: bool = False
    term_seconds: float | None = None
    images: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def for_image(self, image: str) -> Script:
        """The script that holds while the container has this image."""
        change = (self.images or {}).get(image)  # `images:` with nothing behind it names none
        return self if change is None else override(self, change)

    def seconds(self, attempt: int) -> float | None:
        """How long an attempt runs; None where the script does not say."""
        return self.run_seconds[min(attempt, len(self.run_seconds) - 1)] if self.run_seconds else None

    def code(self, attempt: int) -> int:
        """What an attempt exits with."""
        return self.exit_codes[min(attempt, len(self.exit_codes) - 1)] if self.exit_codes else 0


@dataclass(frozen=True, slots=True)
class WorkloadScript:
    """The scripts of one workload, by container, and what differs for one Job index or StatefulSet ordinal."""

    containers: Mapping[str, Script] = field(default_factory=dict)
    indexes: Mapping[int, Mapping[str, Script]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScriptedAction:
    """Something that a person or the cluster does at a moment."""

    at: float
    verb: str
    target: str = ""
    value: Any = None
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A trial's script. `start` is the clock time (seconds since 1970) of second 0.

    `fraction` of a second has gone by then where the API keeps whole seconds only: the start of a Job, the end of a
    pod. A scenario file that names no startClock has half a second, as an apply has on average. With `reads_commands`
    a container of which the script says nothing does what its command shows (lint/facts/programs.py).
    """

    name: str = "nominal"
    workloads: Mapping[str, WorkloadScript] = field(default_factory=dict)
    actions: tuple[ScriptedAction, ...] = ()
    horizon: float = 3600.0
    start: float = EPOCH.timestamp()
    fraction: float = 0.0
    reads_commands: bool = False
    order: str = ""
    """`helm`: objects are made in the order of `helm install --wait` (installing.py); else all at once."""
    profile: ClusterProfile = DEFAULT_PROFILE

    def script(self, workload: str, container: str, index: int | None, image: str, init: bool = False) -> Script:
        """The script of a container of `Kind/name`, for one index and image; "*" does not mean init containers."""
        kind = workload.partition("/")[0]
        found = next((w for k in (workload, kind + "/*", "*") if (w := self.workloads.get(k)) is not None), None)
        if found is None:
            return IDLE
        if index is not None and index in found.indexes:
            own = found.indexes[index]
            script = own.get(container, None if init else own.get("*"))
            if script is not None:
                return script.for_image(image)
        anything = IDLE if init else found.containers.get("*", IDLE)
        return found.containers.get(container, anything).for_image(image)


IDLE = Script()

_FIELDS = {
    "runSeconds": "run_seconds",
    "exitCodes": "exit_codes",
    "readyAfterSeconds": "ready_after",
    "neverReady": "never_ready",
    "pullFails": "pull_fails",
    "termSeconds": "term_seconds",
    "images": "images",
}


def override(script: Script, change: Mapping[str, Any]) -> Script:
    """A script with the fields of a written one laid over it."""
    values = {_FIELDS[k]: _value(k, v) for k, v in change.items() if k in _FIELDS}
    return replace(script, **values)


def _value(name: str, value: Any) -> Any:
    if name == "runSeconds":
        return tuple(
            _duration(v) for v in (value if isinstance(value, Sequence) and not isinstance(value, str) else [value])
        )
    if name == "exitCodes":
        return tuple(int(v) for v in (value if isinstance(value, Sequence) and not isinstance(value, str) else [value]))
    return value


def _duration(value: Any) -> float:
    return math.inf if value == "forever" else float(value)


def read(document: Mapping[str, Any]) -> Scenario:
    """A Scenario from the mapping of a scenario.json.

    Raises ValueError with a plain sentence on what cannot be read.
    """
    try:
        return Scenario(
            name=str(document.get("name", "scenario")),
            workloads={k: _workload(w) for k, w in (document.get("workloads") or {}).items()},
            actions=tuple(_action(a) for a in document.get("actions") or ()),
            horizon=float(document.get("horizonSeconds", 3600)),
            start=_clock(document.get("startClock")),
            fraction=0.0 if document.get("startClock") else 0.5,
            reads_commands=document.get("readCommands") is True,
            profile=_profile(document.get("cluster") or {}),
        )
    except (TypeError, KeyError, AttributeError) as wrong:
        raise ValueError(f"the scenario cannot be read: {wrong}") from wrong


def _workload(written: Mapping[str, Any]) -> WorkloadScript:
    containers = {name: override(IDLE, c) for name, c in (written.get("containers") or {}).items()}
    indexes = {
        int(n): {name: override(containers.get(name, IDLE), c) for name, c in (one.get("containers") or {}).items()}
        for n, one in (written.get("indexes") or {}).items()
    }
    return WorkloadScript(containers, indexes)


def _action(written: Mapping[str, Any]) -> ScriptedAction:
    return ScriptedAction(
        float(written["at"]), str(written["verb"]), str(written.get("target", "")), written.get("value"),
        bool(written.get("mayFail", False)),
    )  # fmt: skip


def _clock(written: str | None) -> float:
    if written is None:
        return EPOCH.timestamp()
    return datetime.datetime.fromisoformat(written.replace("Z", "+00:00")).timestamp()


def _profile(written: Mapping[str, Any]) -> ClusterProfile:
    """The cluster of a written scenario; that of the recorded ones had volumes that need no attaching."""
    changes: dict[str, Any] = {"attach_volumes": bool(written.get("attachVolumes", False))}
    if written.get("workers"):
        changes["workers"] = int(written["workers"])
    if "controlPlanes" in written:
        changes["control_planes"] = int(written["controlPlanes"])
    if "defaultStorageClass" in written:
        changes["default_storage_class"] = str(written["defaultStorageClass"] or "")
    known = {f.name for f in fields(ClusterProfile)}
    return replace(DEFAULT_PROFILE, **{k: v for k, v in changes.items() if k in known})
