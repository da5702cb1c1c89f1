"""The few named scenarios that rules play: what an ordinary and a bad day look like.

Each is a function from the objects to a Scenario, so that its actions can name them. A finding says which one it
assumes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kubetrial.lint.trial.scenario import Action, Scenario, Script, Workload

Objects = Sequence[Mapping[str, Any]]

FOREVER = (float("inf"),)
ACT_AT = 120.0
"""When something is done to the cluster: what starts normally has started by then."""
STEP = 240.0
"""Between one node and the next of a rolling drain."""
NEW_TAG = "next"

ROLLED_OUT = ("Deployment", "StatefulSet", "DaemonSet")
SCALED = ("Deployment", "StatefulSet", "ReplicaSet")


def _every(script: Script) -> Mapping[str, Workload]:
    return {"*": Workload({"*": script})}


def nominal(objects: Objects) -> Scenario:
    """Everything works: what is to end exits 0 after a second, what is to serve is ready at once."""
    return Scenario("nominal")


def failing(objects: Objects) -> Scenario:
    """Every container exits 1 after a second."""
    return Scenario("failing", _every(Script((1.0,), (1,))))


def hanging(objects: Objects) -> Scenario:
    """Every container runs for ever."""
    return Scenario("hanging", _every(Script(FOREVER)))


def never_ready(objects: Objects) -> Scenario:
    """Every container runs for ever and none becomes ready."""
    return Scenario("never-ready", _every(Script(FOREVER, never_ready=True)))


def no_image(objects: Objects) -> Scenario:
    """No image can be pulled."""
    return Scenario("no-image", _every(Script(pull_fails=True)))


def drained(objects: Objects) -> Scenario:
    """The workers are drained one after another, each comes back before the next: an upgrade of the nodes."""
    base = nominal(objects)
    actions = []
    for i in range(base.profile.workers):
        actions.append(Action(ACT_AT + i * STEP, "drain", f"Node/node-{i}"))
        actions.append(Action(ACT_AT + (i + 1) * STEP - 60, "uncordon", f"Node/node-{i}"))
    return replace(base, name="drained", actions=tuple(actions))


def node_lost(objects: Objects) -> Scenario:
    """The first worker stops answering and does not come back."""
    return replace(nominal(objects), name="node-lost", actions=(Action(ACT_AT, "nodeDead", "Node/node-0"),))


def updated(objects: Objects) -> Scenario:
    """Every Deployment, StatefulSet and DaemonSet gets a new image that works."""
    return replace(nominal(objects), name="updated", actions=_updates(objects))


def broken_update(objects: Objects) -> Scenario:
    """As `updated`, but the new image never becomes ready; ten minutes later comes a good one."""
    actions = _updates(objects)
    again = tuple(
        Action(a.at + 600, a.verb, a.target, {**a.value, "image": a.value["image"] + "-fixed"}) for a in actions
    )
    broken = {a.value["image"]: {"neverReady": True} for a in actions}
    script = Script(images=broken)
    return replace(nominal(objects), name="broken-update", workloads=_every(script), actions=actions + again)


def scaled_down(objects: Objects) -> Scenario:
    """Everything with replicas is scaled to one."""
    actions = tuple(Action(ACT_AT, "scale", _target(o), 1) for o in objects if o.get("kind") in SCALED)
    return replace(nominal(objects), name="scaled-down", actions=actions)


def deleted(objects: Objects) -> Scenario:
    """All workloads are deleted; claims and settings are not."""
    kinds = (*ROLLED_OUT, "ReplicaSet", "Job", "CronJob", "Pod")
    actions = tuple(Action(ACT_AT, "delete", _target(o)) for o in objects if o.get("kind") in kinds)
    return replace(nominal(objects), name="deleted", actions=actions)


NAMED: Mapping[str, Callable[[Objects], Scenario]] = {
    "nominal": nominal,
    "failing": failing,
    "hanging": hanging,
    "never-ready": never_ready,
    "no-image": no_image,
    "drained": drained,
    "node-lost": node_lost,
    "updated": updated,
    "broken-update": broken_update,
    "scaled-down": scaled_down,
    "deleted": deleted,
}
"""By name, as the command line and `# assume:` lines of fixtures give them."""


def _target(obj: Mapping[str, Any]) -> str:
    return f"{obj.get('kind')}/{(obj.get('metadata') or {}).get('name')}"


def _updates(objects: Objects) -> tuple[Action, ...]:
    out = []
    for obj in objects:
        if obj.get("kind") not in ROLLED_OUT:
            continue
        containers = (((obj.get("spec") or {}).get("template") or {}).get("spec") or {}).get("containers") or ()
        if containers:
            image = f"{containers[0].get('image', '')}.{NEW_TAG}"
            value = {"container": containers[0].get("name"), "image": image}
            out.append(Action(ACT_AT, "setImage", _target(obj), value))
    return tuple(out)
