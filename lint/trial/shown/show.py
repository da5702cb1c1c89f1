"""What `kubetrial run` has to show of one trial: the assumptions, the events with their reasons, the end; and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.facts import programs, waiting
from kubetrial.lint.objects.views import Object, Workload
from kubetrial.lint.trial.scenario import Scenario
from kubetrial.lint.trial.shown.times import clock as clock
from kubetrial.lint.trial.shown.times import duration as duration
from kubetrial.lint.trial.shown.times import iso as iso
from kubetrial.lint.trial.shown.times import utc as utc
from kubetrial.lint.trial.timeline import Cause, Timeline
from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class FieldPlace:
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

    def place(self, cause: Cause | None) -> FieldPlace | None:
        """The field of a manifest that made an event happen; the nearest written parent where it is a default."""
        if cause is None or not 0 <= cause.object < len(self.objects):
            return None
        from kubetrial.lint.yaml.node import place_of

        node = self.objects[cause.object].at(*cause.path)
        start = place_of(node, key=True).start
        return FieldPlace(node.document.file, start.line, start.column, node.path)

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
    world = (
        "nothing exists beside what is given" if profile.closed_world else "what is referred to and not given exists"
    )
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
            elif (names := waiting.awaited(container.mapping())) and not script.run_seconds:
                yield obj, name, f"waits for {', '.join(wanted.name for wanted in names)}"


# --- words for numbers ------------------------------------------------------------------------------------------------


def given(show: Show) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(kind as the timeline names it, subject, the object) of everything that a timeline can speak of."""
    from kubetrial.lint.trial.objects import TIMELINE_KINDS, in_several_namespaces

    several = in_several_namespaces(obj.value for obj in show.objects)
    for obj in show.objects:
        kind = TIMELINE_KINDS.get(obj.kind)
        metadata = obj["metadata"].mapping()
        name = metadata.get("name") or metadata.get("generateName")
        if kind is not None and name:
            space = f"{obj.namespace or 'default'}/" if several else ""
            yield kind, f"{space}{name}", obj.mapping()
