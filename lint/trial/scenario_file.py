"""A scenario that somebody has written: a YAML or JSON file with the fields of scenario.json, judged before it is read.

Every complaint names the file and the field, and the nearest field that exists. Files name no built-in scenario: those
are functions in scenarios.py.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kubetrial.lint.facts import kinds
from kubetrial.lint.trial.profile import DEFAULT_PROFILE, ClusterProfile
from kubetrial.lint.trial.scenario import Scenario, read
from kubetrial.lint.values.records import replace

TOP = ("name", "about", "group", "cluster", "workloads", "actions", "horizonSeconds", "startClock", "readCommands")
_UNUSED = ("startClockMinuteModulo",)
CLUSTER = ("workers", "controlPlanes", "defaultStorageClass", "attachVolumes")
WORKLOAD = ("containers", "indexes")
CONTAINER = (
    "runSeconds", "exitCodes", "readyAfterSeconds", "neverReady", "pullFails", "termSeconds", "images",
)  # fmt: skip
ACTION = ("at", "verb", "target", "value", "mayFail")
VERBS = (
    "apply", "scale", "load", "delete", "patch", "setImage", "evict", "podFail", "cordon", "uncordon", "drain", "nodeDead",
    "nodeAdded", "nodeRemoved", "nodeLabel", "nodeTaint", "memoryPressure",
)  # fmt: skip
MOST_ACTIONS = 1_000
"""The longest of real scenarios have some tens."""
PRESSURE = ("leaves", "seconds", "usage")
KINDS = tuple(kinds.WORDS)


class ScenarioError(ValueError):
    """Why a scenario cannot be played; the text names the file and the field."""


def load(file: str) -> tuple[Scenario, Mapping[str, Any]]:
    """The scenario of a file, and the document as it is written; raises ScenarioError."""
    from kubetrial.lint.files.discover import why
    from kubetrial.lint.files.read import read_given
    from kubetrial.lint.yaml import source

    try:
        text = source.decode(read_given(file))
    except OSError as error:
        raise ScenarioError(f"{file}: {why(error)}") from None
    except UnicodeError:
        raise ScenarioError(f"{file}: it is no UTF-8 text") from None
    content = source.read(file, text)
    if content.problems:
        problem = content.problems[0][1]
        raise ScenarioError(f"{file}:{problem.range.start.line}: {problem.message}")
    if len(content.documents) != 1:
        found = "holds nothing" if not content.documents else f"holds {len(content.documents)} documents"
        raise ScenarioError(f"{file}: a scenario is one mapping, and this file {found}")
    written = in_seconds(content.documents[0].value)
    wrong = next(problems(written), None)
    if wrong is not None:
        raise ScenarioError(f"{file}: {wrong}")
    try:
        scenario = read(written)
    except (ValueError, OverflowError) as error:
        raise ScenarioError(f"{file}: {error}") from None
    if "name" not in written:
        scenario = replace(scenario, name=os.path.splitext(os.path.basename(file))[0])
    return scenario, written


_SPANS = frozenset(("horizonSeconds", "at", "seconds", "runSeconds", "readyAfterSeconds", "termSeconds"))


def in_seconds(written: Any, depth: int = 0) -> Any:
    """A scenario with its lengths of time (`at: 2m`) as numbers of seconds; what is none stays as it is written.

    What an action's `value` holds for objects (a merge patch, labels, taints) is left alone.
    """
    from kubetrial.lint.values.timespan import seconds_of

    def number(value: Any) -> Any:
        if isinstance(value, list):
            return [number(item) for item in value]
        found = seconds_of(value) if isinstance(value, str) else None
        return value if found is None else int(found) if found.is_integer() else found

    if isinstance(written, list):
        return [in_seconds(item, depth + 1) for item in written] if depth < 20 else written
    if not isinstance(written, dict) or depth >= 20:
        return written
    foreign = written.get("verb") not in (None, "memoryPressure")
    return {
        key: number(value) if key in _SPANS else value if key == "value" and foreign else in_seconds(value, depth + 1)
        for key, value in written.items()
    }


def laid_over(profile: ClusterProfile, written: Mapping[str, Any]) -> ClusterProfile:
    """A configured cluster with what the scenario's own `cluster` says instead (0 workers: as configured)."""
    own = written.get("cluster") or {}
    changes: dict[str, Any] = {"attach_volumes": bool(own.get("attachVolumes", False))}
    if own.get("workers"):
        changes["workers"] = int(own["workers"])
    if "controlPlanes" in own:
        changes["control_planes"] = int(own["controlPlanes"])
    if "defaultStorageClass" in own:
        name = str(own["defaultStorageClass"] or "")
        changes["default_storage_class"] = name
        if name and name not in profile.storage_classes:
            changes["storage_classes"] = {**profile.storage_classes, name: "WaitForFirstConsumer"}
    return replace(profile, **changes)


def profile_of(settings: Mapping[str, Any]) -> ClusterProfile:
    """The cluster that the configuration describes (Settings.cluster)."""
    return replace(DEFAULT_PROFILE, **settings) if settings else DEFAULT_PROFILE


# --- judging ---------------------------------------------------------------------------------------------------------


def problems(written: Any) -> Iterator[str]:
    """What is wrong with a written scenario, one sentence each, in the order of the file."""
    if not isinstance(written, dict):
        yield f"a scenario is a mapping, and this is {_shape(written)}"
        return
    yield from _unknown(written, (*TOP, *_UNUSED), "")
    horizon = written.get("horizonSeconds", 1)
    if not _is_number(horizon) or horizon <= 0:
        yield f"horizonSeconds has to be a time above 0, such as 90 (seconds) or 2h, and is {_shown(horizon)}"
    if not isinstance(written.get("readCommands", False), bool):
        yield f"readCommands has to be true or false, and is {_shown(written['readCommands'])}"
    clock = written.get("startClock")
    if clock is not None:
        try:
            moment(clock)
        except ValueError as error:
            yield f"startClock {error}"
    yield from _cluster(written.get("cluster"))
    workloads = written.get("workloads")
    if workloads is not None and not isinstance(workloads, dict):
        yield f"workloads has to be a mapping from `Kind/name` to what its containers do, and is {_shape(workloads)}"
    for name, workload in (workloads or {}).items() if isinstance(workloads, dict) else ():
        yield from _workload(name, workload)
    actions = written.get("actions")
    if actions is not None and not isinstance(actions, list):
        yield f"actions has to be a list, and is {_shape(actions)}"
    elif isinstance(actions, list) and len(actions) > MOST_ACTIONS:
        yield f"actions has {len(actions)} entries, and a trial follows {MOST_ACTIONS} at most"
        return
    for number, action in enumerate(actions if isinstance(actions, list) else ()):
        yield from _action(f"actions[{number}]", action)


def moment(text: Any) -> datetime.datetime:
    """A clock time with its zone, such as 2026-03-29T00:00+01:00 (UTC where none is written); raises ValueError."""
    try:
        if not isinstance(text, str) or len(text) > 40:
            raise ValueError
        found = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        if found.tzinfo is None:
            found = found.replace(tzinfo=datetime.timezone.utc)
        if not 1970 < found.year < 9000:
            raise ValueError
    except ValueError:
        raise ValueError(f"has to be a time such as 2026-03-29T00:00+01:00, and is {_shown(text)}") from None
    return found


def _cluster(written: Any) -> Iterator[str]:
    if written is None:
        return
    if not isinstance(written, dict):
        yield f"cluster has to be a mapping, and is {_shape(written)}"
        return
    yield from _unknown(written, CLUSTER, "cluster")
    for key in ("workers", "controlPlanes"):
        number = written.get(key, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 5000:
            yield f"cluster.{key} has to be a whole number from 0 to 5000, and is {_shown(number)}"
    if not isinstance(written.get("attachVolumes", False), bool):
        yield f"cluster.attachVolumes has to be true or false, and is {_shown(written['attachVolumes'])}"
    name = written.get("defaultStorageClass", "")
    if name is not None and not isinstance(name, str):
        yield f"cluster.defaultStorageClass has to be a text (empty for none), and is {_shown(name)}"


def _workload(name: Any, written: Any) -> Iterator[str]:
    where = f"workloads[{name}]"
    kind, slash, rest = str(name).partition("/")
    if name != "*" and (not slash or not rest or kind not in KINDS):
        hint = _near(kind, KINDS)
        yield f"{where}: a workload is written `Kind/name` (kinds: {', '.join(KINDS)}), `Kind/*` or `*`{hint}"
    if not isinstance(written, dict):
        yield f"{where} has to be a mapping with `containers`, and is {_shape(written)}"
        return
    yield from _unknown(written, WORKLOAD, where)
    yield from _containers(f"{where}.containers", written.get("containers"))
    indexes = written.get("indexes")
    if indexes is not None and not isinstance(indexes, dict):
        yield f"{where}.indexes has to be a mapping from an index to its containers, and is {_shape(indexes)}"
        return
    for index, one in (indexes or {}).items():
        inside = f"{where}.indexes[{index}]"
        if not str(index).isdigit():
            yield f"{inside}: an index is a whole number"
        if not isinstance(one, dict):
            yield f"{inside} has to be a mapping with `containers`, and is {_shape(one)}"
            continue
        yield from _unknown(one, ("containers",), inside)
        yield from _containers(f"{inside}.containers", one.get("containers"))


def _containers(where: str, written: Any) -> Iterator[str]:
    if written is None:
        return
    if not isinstance(written, dict):
        yield f"{where} has to be a mapping from a container's name to what it does, and is {_shape(written)}"
        return
    for name, one in written.items():
        yield from _container(f"{where}.{name}", one)


def _container(where: str, written: Any, *, images: bool = True) -> Iterator[str]:
    if not isinstance(written, dict):
        yield f"{where} has to be a mapping, and is {_shape(written)}"
        return
    yield from _unknown(written, CONTAINER if images else CONTAINER[:-1], where)
    for key, fits, what in (
        ("runSeconds", _is_run, "a time such as 90 (seconds) or 2m, or `forever`"),
        ("exitCodes", _is_code, "a whole number from 0 to 255"),
    ):
        if key in written:
            values = written[key] if isinstance(written[key], list) else [written[key]]
            if not values:
                yield f"{where}.{key} is an empty list; write {what}, one an attempt, the last one repeats"
            for value in values:
                if not fits(value):
                    yield f"{where}.{key} has to hold {what}, and holds {_shown(value)}"
    for key in ("readyAfterSeconds", "termSeconds"):
        value = written.get(key)
        if value is not None and not (_is_number(value) and value >= 0):
            yield f"{where}.{key} has to be a time such as 90 (seconds) or 2m, and is {_shown(value)}"
    for key in ("neverReady", "pullFails"):
        if key in written and not isinstance(written[key], bool):
            yield f"{where}.{key} has to be true or false, and is {_shown(written[key])}"
    others = written.get("images")
    if others is None:
        return
    if not isinstance(others, dict):
        yield f"{where}.images has to be a mapping from an image to what differs, and is {_shape(others)}"
        return
    for image, one in others.items():
        yield from _container(f"{where}.images[{image}]", one, images=False)


def _action(where: str, written: Any) -> Iterator[str]:
    if not isinstance(written, dict):
        yield f"{where} has to be a mapping with `at`, `verb` and `target`, and is {_shape(written)}"
        return
    yield from _unknown(written, ACTION, where)
    at = written.get("at")
    if at is None or not _is_number(at) or at < 0:
        yield f"{where}.at has to be a time such as 90 (seconds) or 2m, and is {_shown(at)}"
    verb = written.get("verb")
    if verb not in VERBS:
        yield f"{where}.verb {_shown(verb)} is none of {', '.join(VERBS)}{_near(str(verb), VERBS)}"
        return
    target, value = written.get("target"), written.get("value")
    if verb != "apply" and not (isinstance(target, str) and "/" in target):
        yield f"{where}.target has to be `Kind/name`, and is {_shown(target)}"
    if verb in ("scale", "load") and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        what = "replicas" if verb == "scale" else "pods that the load needs"
        yield f"{where}.value has to be the number of {what}, and is {_shown(value)}"
    elif verb == "setImage" and not (
        isinstance(value, dict) and isinstance(value.get("container"), str) and isinstance(value.get("image"), str)
    ):
        yield f"{where}.value has to name `container` and `image`, and is {_shown(value)}"
    elif verb == "patch" and not isinstance(value, dict):
        yield f"{where}.value has to be a merge patch (a mapping), and is {_shape(value)}"
    elif verb == "apply" and not isinstance(value, str):
        yield f"{where}.value has to name a file beside the scenario, and is {_shape(value)}"
    elif verb == "memoryPressure" and value is not None:
        yield from _pressure(f"{where}.value", value)
    elif verb == "nodeLabel" and not isinstance(value, dict):
        yield f"{where}.value has to be a mapping of labels (null takes one away), and is {_shape(value)}"
    elif verb == "nodeTaint" and not (
        value is None or (isinstance(value, list) and all(isinstance(t, dict) and "key" in t for t in value))
    ):
        yield f"{where}.value has to be a list of taints with `key` and `effect`, and is {_shape(value)}"


def _pressure(where: str, written: Any) -> Iterator[str]:
    from kubetrial.lint.values.quantity import problem

    if not isinstance(written, dict):
        yield f"{where} has to be a mapping with `leaves`, `seconds` and `usage`, and is {_shape(written)}"
        return
    yield from _unknown(written, PRESSURE, where)
    leaves = written.get("leaves", "50%")
    if not (str(leaves).endswith("%") and str(leaves)[:-1].isdigit()) and problem(str(leaves)):
        yield f"{where}.leaves has to be a quantity or a percentage, and is {_shown(leaves)}"
    if not _is_number(written.get("seconds", 1)):
        yield f"{where}.seconds has to be a time such as 90 (seconds) or 2m, and is {_shown(written['seconds'])}"
    usage = written.get("usage", {})
    if not isinstance(usage, dict) or any(problem(str(amount)) for amount in usage.values()):
        yield f"{where}.usage has to be a mapping from `Kind/name` to the memory that one of its pods uses"


def _unknown(written: Mapping[str, Any], known: Collection[str], where: str) -> Iterator[str]:
    for key in written:
        if key not in known:
            place = f"{where}.{key}" if where else str(key)
            yield f"{place} is no field of a scenario{_near(str(key), known) or '; there are ' + ', '.join(known)}"


def _near(word: str, known: Collection[str]) -> str:
    from kubetrial.lint.values.nearest import nearest

    close = nearest(word, known)
    return f"; did you mean {close}?" if close else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value and abs(value) < 1e10


def _is_run(value: Any) -> bool:
    return value == "forever" or (_is_number(value) and value >= 0)


def _is_code(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255


def _shape(value: Any) -> str:
    words = {type(None): "empty", bool: "true or false", str: "a text", int: "a number", float: "a number"}
    return words.get(type(value), "a list" if isinstance(value, list) else "a mapping")


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
