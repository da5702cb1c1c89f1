"""The trial run: a short, exact replay of what the controllers of Kubernetes would do with the given objects.

`run` takes plain objects and a Scenario and gives a Timeline; `run_scenario` also reads files. Nothing is started,
nothing leaves the process, and the same input gives the same timeline. See kernel.py for the clock, world.py for how
a controller is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import path
from typing import TYPE_CHECKING, Any

from kubetrial.lint.trial.kernel import LOOK_BUDGET, STEP_BUDGET, Exhausted, Kernel
from kubetrial.lint.values.records import replace

if TYPE_CHECKING:  # the controllers are loaded when the first trial runs: `check` often needs none
    from kubetrial.lint.trial.profile import ClusterProfile
    from kubetrial.lint.trial.scenario import Scenario
    from kubetrial.lint.trial.timeline import Cause, Timeline, TimelineEvent
    from kubetrial.lint.trial.world import World

__all__ = ["Cause", "ClusterProfile", "Scenario", "Timeline", "TimelineEvent", "read_manifests", "run", "run_scenario"]

Loader = Callable[[str], Sequence[Mapping[str, Any]]]


def __getattr__(name: str) -> Any:
    """The classes of `__all__`, each from its module when it is first asked for."""
    from importlib import import_module

    module = {
        "ClusterProfile": "profile",
        "Scenario": "scenario",
        "Cause": "timeline",
        "TimelineEvent": "timeline",
        "Timeline": "timeline",
    }.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)


def run(
    objects: Sequence[Mapping[str, Any]],
    scenario: Scenario,
    horizon: float | None = None,
    profile: ClusterProfile | None = None,
    *,
    load: Loader | None = None,
    budget: int = STEP_BUDGET,
    looks: int = LOOK_BUDGET,
) -> Timeline:
    """Apply the objects at second 0, play the scenario until `horizon` seconds (its own if None) and tell what
    happened.

    `objects` are valid manifests as plain data (defaults are filled in here); `Cause.object` counts in them. `load`
    gives the objects of the file that an `apply` action names. When the budget of steps, or of looks at nodes, is used
    up, the timeline ends there, `is_cut` and with a note that says so.
    """
    from kubetrial.lint.trial import actions, nodes
    from kubetrial.lint.trial.registry import CONTROLLERS
    from kubetrial.lint.trial.world import World

    if profile is not None:
        scenario = replace(scenario, profile=profile)
    until = scenario.horizon if horizon is None else horizon
    world = World(scenario, CONTROLLERS, Kernel(budget, looks))
    timeline = world.timeline
    try:
        nodes.populate(world)
        actions.begin(world, objects, load)
        for controller in CONTROLLERS:
            if controller.start is not None:
                controller.start(world)
        timeline.is_cut = not world.kernel.run(until)
    except Exhausted:
        timeline.is_cut = True
    if timeline.is_cut:
        timeline.notes.append(
            f"the trial was stopped at second {world.kernel.now:.0f} of {until:.0f} after {world.kernel.steps} steps: "
            "this set of objects makes more work than a trial follows"
        )
    timeline.end = world.kernel.now if timeline.is_cut else until
    timeline.steps = world.kernel.steps
    timeline.finals = _finals(world, timeline.end)
    return timeline


def _finals(world: World, end: float) -> list[TimelineEvent]:
    from kubetrial.lint.trial.objects import TIMELINE_KINDS
    from kubetrial.lint.trial.registry import CONTROLLERS
    from kubetrial.lint.trial.timeline import KIND_ORDER, TimelineEvent

    out = []
    for controller in CONTROLLERS:
        kind = controller.describes or controller.kind
        if controller.final is None or kind is None:
            continue
        for obj in world.all(kind):
            out.append(TimelineEvent(end, TIMELINE_KINDS[kind], obj.subject, "final", controller.final(world, obj)))
    out.sort(key=lambda e: KIND_ORDER.index(e.kind))
    return out


def run_scenario(
    manifests: Sequence[str] | Sequence[Mapping[str, Any]], scenario: str | Scenario, horizon: float | None = None
) -> Timeline:
    """Play a scenario with manifests that are given as objects or as paths of YAML files.

    With a path for the scenario, files that its actions apply are looked for beside it, and `manifest.yaml` there is
    taken when no manifest is given. Raises OSError for a file that cannot be opened and ValueError for one that
    cannot be read.
    """
    import json

    from kubetrial.lint.trial.scenario import read

    folder = "."
    if isinstance(scenario, str):
        folder = path.dirname(scenario) or "."
        with open(scenario, encoding="utf-8") as stream:
            scenario = read(json.load(stream))
        manifests = manifests or [path.join(folder, "manifest.yaml")]
    objects: list[Mapping[str, Any]] = []
    for one in manifests:
        objects.extend(read_manifests(one) if isinstance(one, str) else [one])
    return run(objects, scenario, horizon, load=lambda name: read_manifests(path.join(folder, name)))


def read_manifests(file: str) -> list[Mapping[str, Any]]:
    """The objects of a YAML file. Raises OSError, or ValueError when it is not YAML."""
    from kubetrial.lint.files.read import read_given
    from kubetrial.lint.yaml import source

    read = source.read(file, source.decode(read_given(file)))
    for _, problem in read.problems:
        if problem.rule == "yaml-syntax":
            raise ValueError(f"{file}: {problem.message}")
    return [d.value for d in read.documents if isinstance(d.value, Mapping)]
