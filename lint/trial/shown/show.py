"""What `kubetrial run` has to show of one trial: the assumptions, the events with their reasons, the end; and as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubetrial.lint.facts import programs
from kubetrial.lint.objects.views import Object, Workload
from kubetrial.lint.trial.scenario import Scenario
from kubetrial.lint.trial.timeline import Cause, Event, Timeline

VERSION = 1
"""Of the JSON: a field is added without a new number, never taken away or changed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a manifest: `line` and `column` from 1."""

    file: str
    line: int
    column: int
    path: str

    def __str__(self) -> str:
        """`job.yaml:9`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Show:
    """One trial: what was given, the scenario, what happened, and what has to be said about it."""

    objects: tuple[Object, ...]
    scenario: Scenario
    about: str
    timeline: Timeline
    notes: tuple[str, ...] = ()

    def place(self, cause: Cause | None) -> Place | None:
        """The field of a manifest that made an event happen; the nearest written parent where it is a default."""
        if cause is None or not 0 <= cause.object < len(self.objects):
            return None
        from kubetrial.lint.yaml.node import place_of

        node = self.objects[cause.object].at(*cause.path)
        start = place_of(node, key=True).start
        return Place(node.document.file, start.line, start.column, node.path)

    @property
    def named(self) -> str:
        """`nominal: everything works`: the scenario in one line."""
        return f"{self.scenario.name}: {self.about}" if self.about else self.scenario.name


def assumptions(show: Show) -> tuple[str, ...]:
    """What the trial takes for granted, one sentence each: the scenario, the cluster, the world, the start."""
    scenario, profile = show.scenario, show.scenario.profile
    size = profile.capacity
    workers = f"{profile.workers} worker{'s' * (profile.workers != 1)}"
    if profile.workers:
        workers += f" ({size.get('cpu')} CPU, {size.get('memory')}{' each' * (profile.workers > 1)})"
    if profile.zones > 1 and profile.workers > 1:
        workers += f" in {min(profile.zones, profile.workers)} zones"
    planes = f"{profile.control_planes} control-plane node{'s' * (profile.control_planes != 1)}"
    default = profile.default_storage_class
    storage = f"default StorageClass {default}" if default else "no default StorageClass"
    world = "what is referred to and not given exists" if profile.open_world else "nothing exists beside what is given"
    start = f"start {clock(scenario.start)} UTC, {duration(scenario.horizon)}"
    return f"scenario {show.named.rstrip('.')}", *_read(show), f"{workers}, {planes}, {storage}", world, start


MOST_COMMANDS = 3


def _read(show: Show) -> Iterator[str]:
    """What is played as commands and images show it, and not as the scenario says."""
    if not show.scenario.reads_commands:
        return
    found = [f"{obj.kind} {obj.name}: {name} {why}" for obj, name, why in _commands(show)]
    yield from found[:MOST_COMMANDS]
    if len(found) > MOST_COMMANDS:
        yield f"{len(found) - MOST_COMMANDS} more containers do what their commands show"


def _commands(show: Show) -> Iterator[tuple[Object, str, str]]:
    """(object, container, what it does) of containers of which the scenario says nothing and their manifest something."""
    for obj in show.objects:
        if not isinstance(obj, Workload):
            continue
        for container in obj.pod.all_containers():
            name, image = container.name, str(container.get("image", ""))
            script = show.scenario.script(f"{obj.kind}/{obj.name}", name, None, image, container.is_init)
            program = programs.known(container.mapping())
            if program is not None and not script.run_seconds and not script.exit_codes:
                yield obj, name, program.why


# --- words for numbers ------------------------------------------------------------------------------------------------


def duration(seconds: float) -> str:
    """Seconds as Kubernetes writes durations: `2.2s`, `1m10s`, `1h`, `1d2h`."""
    tenths = round(seconds * 10)
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10}s" if tenths % 10 else f"{tenths // 10}s"
    rest, text = divmod(tenths, 10), ""
    whole, tenth = rest
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if whole >= size:
            text += f"{whole // size}{unit}"
            whole %= size
    if whole or tenth:
        text += f"{whole}.{tenth}s" if tenth else f"{whole}s"
    return text


def utc(second: float) -> datetime.datetime:
    """A clock time (seconds since 1970) in UTC."""
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=second)


def clock(second: float) -> str:
    """`Mon 2026-03-02 12:00`, with seconds where there are any."""
    moment = utc(second)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]  # whatever the locale says
    return f"{day} {moment:%Y-%m-%d %H:%M}" + (f":{moment:%S}" if moment.second else "")


def iso(second: float) -> str:
    """`2026-03-02T12:00:00Z`."""
    return f"{utc(second):%Y-%m-%dT%H:%M:%SZ}"


# --- JSON -------------------------------------------------------------------------------------------------------------


def as_json(shows: Sequence[Show]) -> str:
    """One trial, or with `--compare` two: `before` and `after`."""
    if len(shows) == 1:
        made = {"version": VERSION, **_one(shows[0])}
    else:
        made = {"version": VERSION, "before": _one(shows[0]), "after": _one(shows[1])}
    return json.dumps(made, indent=2, ensure_ascii=False, default=str) + "\n"


def _one(show: Show) -> dict[str, Any]:
    from kubetrial.lint.trial.shown import clocks

    timeline = show.timeline
    return {
        "scenario": show.scenario.name,
        "about": show.about,
        "start": iso(show.scenario.start),
        "seconds": _number(timeline.end),
        "assumptions": list(assumptions(show)),
        "notes": [*show.notes, *timeline.notes],
        "schedules": [clocks.as_data(schedule) for schedule in clocks.schedules(show)],
        "events": [_event(show, event) for event in timeline.events],
        "finals": [_event(show, event) for event in timeline.finals],
    }


def _event(show: Show, event: Event) -> dict[str, Any]:
    made: dict[str, Any] = {
        "t": _number(event.time), "kind": event.kind, "subject": event.subject, "event": event.event,
    }  # fmt: skip
    if event.detail:
        made["detail"] = dict(event.detail)
    if event.message:
        made["message"] = event.message
    place = show.place(event.cause)
    if place is not None:
        made["cause"] = {"file": place.file, "line": place.line, "column": place.column, "path": place.path}
    return made


def _number(seconds: float) -> float | int:
    rounded = round(seconds, 1)
    return int(rounded) if rounded == int(rounded) else rounded


# --- what is made from what -------------------------------------------------------------------------------------------


def given(show: Show) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(kind as the timeline names it, subject, the object) of everything that a timeline can speak of."""
    from kubetrial.lint.trial.world import TIMELINE_KINDS, in_several_namespaces

    several = in_several_namespaces(obj.value for obj in show.objects)
    for obj in show.objects:
        kind = TIMELINE_KINDS.get(obj.kind)
        metadata = obj.get("metadata") or {}
        name = metadata.get("name") or metadata.get("generateName")
        if kind is not None and name:
            space = f"{obj.namespace or 'default'}/" if several else ""
            yield kind, f"{space}{name}", obj.mapping()
