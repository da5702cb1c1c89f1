"""The few named scenarios that rules play: what an ordinary and a bad day look like.

Each is a function from the objects to a Scenario, so that its actions can name them. A finding says which one it
assumes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import kinds
from kubetrial.lint.trial.objects import in_several_namespaces
from kubetrial.lint.trial.profile import DEFAULT_PROFILE, ClusterProfile
from kubetrial.lint.trial.scenario import Scenario, Script, ScriptedAction, WorkloadScript
from kubetrial.lint.values.records import replace

Objects = Sequence[Mapping[str, Any]]

FOREVER = (float("inf"),)
ACT_AT = 120.0
"""When something is done to the cluster: what starts normally has started by then."""
STEP = 240.0
"""Between one node and the next of a rolling drain."""
NEW_TAG = "next"

SCALED = tuple(kind for kind in kinds.SCALED if kind in kinds.WORDS)


def _every(script: Script) -> Mapping[str, WorkloadScript]:
    return {"*": WorkloadScript({"*": script})}


def nominal(objects: Objects) -> Scenario:
    """Everything works: what is to end exits 0 after a second, what is to serve is ready at once."""
    return Scenario("nominal")


def failing(objects: Objects) -> Scenario:
    """Every container exits 1 after a second."""
    return Scenario("failing", _every(Script((1.0,), (1,))))


def hanging(objects: Objects) -> Scenario:
    """Every container runs for ever."""
    return Scenario("hanging", _every(Script(FOREVER)))


def one_hangs(objects: Objects) -> Scenario:
    """The first pod of every Job (and of every bare pod that is to end) hangs; its replacements work."""
    script = Script((FOREVER[0], 1.0))
    first = {kind: WorkloadScript({"*": script}) for kind in ("Job/*", "CronJob/*")}
    ends = {
        f"Pod/{(o.get('metadata') or {}).get('name')}": first["Job/*"]
        for o in objects
        if o.get("kind") == "Pod" and _policy(o) != "Always"
    }
    return Scenario("one-hangs", {**first, **ends})


def never_ready(objects: Objects) -> Scenario:
    """Every container runs for ever and none becomes ready."""
    return Scenario("never-ready", _every(Script(FOREVER, never_ready=True)))


def no_image(objects: Objects) -> Scenario:
    """No image can be pulled."""
    return Scenario("no-image", _every(Script(pull_fails=True)))


def drained(objects: Objects, workers: int = DEFAULT_PROFILE.workers) -> Scenario:
    """The workers are drained one after another, each comes back before the next: an upgrade of the nodes."""
    base = nominal(objects)
    actions = []
    for i in range(workers):
        actions.append(ScriptedAction(ACT_AT + i * STEP, "drain", f"Node/node-{i}"))
        actions.append(ScriptedAction(ACT_AT + (i + 1) * STEP - 60, "uncordon", f"Node/node-{i}"))
    return replace(base, name="drained", actions=tuple(actions))


def node_lost(objects: Objects) -> Scenario:
    """The first worker stops answering and does not come back."""
    return replace(nominal(objects), name="node-lost", actions=(ScriptedAction(ACT_AT, "nodeDead", "Node/node-0"),))


def node_pressure(objects: Objects) -> Scenario:
    """The first worker is short of memory for five minutes: half of what its pods use has to go."""
    return replace(
        nominal(objects), name="node-pressure", actions=(ScriptedAction(ACT_AT, "memoryPressure", "Node/node-0"),)
    )


def updated(objects: Objects) -> Scenario:
    """Every Deployment, StatefulSet and DaemonSet gets a new image that works."""
    return replace(nominal(objects), name="updated", actions=_updates(objects))


def broken_update(objects: Objects) -> Scenario:
    """Every Deployment, StatefulSet and DaemonSet gets an image that never becomes ready, ten minutes later a good one."""
    actions = _updates(objects)
    again = tuple(
        ScriptedAction(a.at + 600, a.verb, a.target, {**a.value, "image": _with_tag(a.value["image"], "-fixed")})
        for a in actions
    )
    broken = {a.value["image"]: {"neverReady": True} for a in actions}
    script = Script(images=broken)
    return replace(nominal(objects), name="broken-update", workloads=_every(script), actions=actions + again)


def update_undone(objects: Objects) -> Scenario:
    """Every Deployment, StatefulSet and DaemonSet gets an image that never becomes ready, ten minutes later the old one."""
    broken = broken_update(objects)
    images = {target: _first_container(o).get("image", "") for target, o in _targets(objects, kinds.ROLLED_OUT)}
    actions = tuple(
        replace(a, value={**a.value, "image": images[a.target]}) if a.at > ACT_AT else a for a in broken.actions
    )
    return replace(broken, name="update-undone", actions=actions)


def scaled_down_by_one(objects: Objects) -> Scenario:
    """Everything with replicas is scaled down by one."""
    actions = tuple(
        ScriptedAction(ACT_AT, "scale", target, count - 1)
        for target, o in _targets(objects, SCALED)
        if (count := _replicas(o)) > 0
    )
    return replace(nominal(objects), name="scaled-down-by-one", actions=actions)


def scaled_to_zero(objects: Objects) -> Scenario:
    """Everything with replicas is scaled to zero."""
    actions = tuple(ScriptedAction(ACT_AT, "scale", target, 0) for target, _ in _targets(objects, SCALED))
    return replace(nominal(objects), name="scaled-to-zero", actions=actions)


def scaled_down(objects: Objects) -> Scenario:
    """Everything with replicas is scaled to one."""
    actions = tuple(ScriptedAction(ACT_AT, "scale", target, 1) for target, _ in _targets(objects, SCALED))
    return replace(nominal(objects), name="scaled-down", actions=actions)


def deleted(objects: Objects) -> Scenario:
    """All workloads are deleted; claims and settings are not."""
    actions = tuple(ScriptedAction(ACT_AT, "delete", target) for target, _ in _targets(objects, tuple(kinds.WORDS)))
    return replace(nominal(objects), name="deleted", actions=actions)


def helm_install(objects: Objects) -> Scenario:
    """What is given is made as `helm install --wait` does: hooks before it one after another, the rest, hooks after all is ready."""
    return replace(nominal(objects), name="helm-install", order="helm", reads_commands=True)


NAMED: Mapping[str, Callable[[Objects], Scenario]] = {
    "nominal": nominal,
    "failing": failing,
    "hanging": hanging,
    "one-hangs": one_hangs,
    "never-ready": never_ready,
    "no-image": no_image,
    "drained": drained,
    "node-lost": node_lost,
    "node-pressure": node_pressure,
    "updated": updated,
    "broken-update": broken_update,
    "update-undone": update_undone,
    "scaled-down": scaled_down,
    "scaled-down-by-one": scaled_down_by_one,
    "scaled-to-zero": scaled_to_zero,
    "deleted": deleted,
    "helm-install": helm_install,
}
"""By name, as rules, the command line and `# assume:` lines of fixtures give them."""

SPOKEN: Mapping[str, str] = {
    "every-pod-fails": "failing",
    "a-pod-hangs": "one-hangs",
    "scale-down": "scaled-down-by-one",
    "scale-to-zero": "scaled-to-zero",
    "delete": "deleted",
    "drain-each-node": "drained",
    "lose-a-node": "node-lost",
    "update": "updated",
    "update-broken-and-back": "update-undone",
}
"""The names that people say on the command line, for those of NAMED."""


def named(name: str, objects: Objects, profile: ClusterProfile = DEFAULT_PROFILE) -> Scenario | None:
    """The scenario of a name, spoken or not, for a cluster; None when there is none."""
    make = NAMED.get(SPOKEN.get(name, name))
    if make is None:
        return None
    scenario = drained(objects, profile.workers) if make is drained else make(objects)
    return replace(scenario, name=name, profile=profile)


def about(name: str) -> str:
    """What happens in a scenario, in one sentence."""
    return (NAMED[SPOKEN.get(name, name)].__doc__ or "").strip()


def _targets(objects: Objects, kinds: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(`Kind/subject`, the object) of the objects of some kinds, as actions name them."""
    several = in_several_namespaces(objects)
    for obj in objects:
        if obj.get("kind") in kinds:
            metadata = obj.get("metadata") or {}
            space = f"{metadata.get('namespace') or 'default'}/" if several else ""
            yield f"{obj.get('kind')}/{space}{metadata.get('name')}", obj


def _first_container(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = ((obj.get("spec") or {}).get("template") or {}).get("spec") or {}
    containers = spec.get("containers")
    first: Mapping[str, Any] | None = containers[0] if containers else None
    return first or {}  # an item that is null is no container


def _policy(pod: Mapping[str, Any]) -> str:
    return str((pod.get("spec") or {}).get("restartPolicy") or "Always")


def _replicas(obj: Mapping[str, Any]) -> int:
    written = (obj.get("spec") or {}).get("replicas")
    return written if isinstance(written, int) else 1


def _with_tag(image: str, more: str) -> str:
    """Another image: its name or tag with something behind it, and the digest behind that."""
    name, at, digest = image.partition("@")
    return f"{name}{more}{at}{digest}"


def _updates(objects: Objects) -> tuple[ScriptedAction, ...]:
    out = []
    for target, obj in _targets(objects, kinds.ROLLED_OUT):
        container = _first_container(obj)
        if container:
            image = _with_tag(str(container.get("image", "")), f".{NEW_TAG}")
            value = {"container": container.get("name"), "image": image}
            out.append(ScriptedAction(ACT_AT, "setImage", target, value))
    return tuple(out)
