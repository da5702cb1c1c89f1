"""What the scenario does to the cluster: the manifests at second 0, then its actions.

Pods are named by their subject of the timeline. An action whose target does not exist is noted, not an error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.facts import kinds, selectors
from kubetrial.lint.trial import disruption, installing, nodes, pod, scaling
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.objects import StoredObject, in_several_namespaces
from kubetrial.lint.trial.scenario import ScriptedAction
from kubetrial.lint.trial.timeline import TimelineEvent
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.api.walk import Catalogue
    from kubetrial.lint.trial.timeline import Timeline

NAME = "actions"

KINDS = {"PVC": "PersistentVolumeClaim"}


@dataclass(slots=True)
class _Given:
    """What a scenario begins with, and how it reads what it applies later."""

    objects: Sequence[Mapping[str, Any]] = ()
    load: Callable[[str], Sequence[Mapping[str, Any]]] | None = None


def begin(
    world: World, objects: Sequence[Mapping[str, Any]], load: Callable[[str], Sequence[Mapping[str, Any]]] | None
) -> None:
    """Put everything that the scenario does into the queue."""
    given = world.kept(_Given)
    given.objects, given.load = objects, load
    if in_several_namespaces(objects):
        world.prefix_subjects()
    world.wake(NAME, "", 0.0)
    for i, action in enumerate(world.scenario.actions):
        world.wake(NAME, i, action.at)


def sync(world: World, key: Any, now: float) -> float | None:
    """Second 0, or one action of the scenario."""
    if key == "" and world.scenario.order == "helm":
        own = world.kept(installing.Install)
        if now == 0.0:
            own.stages = installing.stages(world.kept(_Given).objects)
        return installing.proceed(world, lambda number, manifest: _apply(world, manifest, number), now)
    if key == "":
        for i, manifest in enumerate(world.kept(_Given).objects):
            _apply(world, manifest, i)
    else:
        action = world.scenario.actions[key]
        wrong = _act(world, action)
        if wrong:
            world.timeline.notes.append(f"{action.at:g} s: {action.verb} {action.target}: {wrong}")
    return None


def _apply(world: World, manifest: Mapping[str, Any], source: int | None) -> None:
    if str(manifest.get("kind", "")).endswith("List") and isinstance(manifest.get("items"), Sequence):
        for item in manifest["items"]:
            _apply(world, item, source)
        return
    metadata = manifest.get("metadata") or {}
    try:
        _check_types(manifest)
        _check_selector(manifest)
        world.apply(bounded(manifest, world.timeline.notes), source)
    except AdmissionRefused as refused:
        metadata = metadata if isinstance(metadata, Mapping) else {}
        world.timeline.notes.append(f"{manifest.get('kind')} {metadata.get('name')} was refused: {refused.message}")


MOST_PODS = 1_000
"""So many pods of one object are played; what asks for more is cut to it, and said."""
_COUNTS = {"parallelism": MOST_PODS, "completions": 10 * MOST_PODS}
_COUNTS |= dict.fromkeys(("replicas", "minReplicas", "maxReplicas"), MOST_PODS)


def bounded(manifest: Mapping[str, Any], notes: list[str]) -> Mapping[str, Any]:
    """An object (or a patch of one) with no more pods than a trial follows; a note says what was cut."""
    spec = manifest.get("spec")
    if not isinstance(spec, Mapping):
        return manifest
    changes: dict[str, Any] = {}
    for name, most in _COUNTS.items():
        count = spec.get(name)
        if isinstance(count, int) and count > most:
            changes[name] = most
            note = f"{_called(manifest)} asks for {count} {name}: a trial plays {most} of them"
            if note not in notes:
                notes.append(note)
    template = spec.get("jobTemplate")
    if isinstance(template, Mapping):
        inner = bounded({**template, "kind": manifest.get("kind"), "metadata": manifest.get("metadata")}, notes)
        if inner.get("spec") is not template.get("spec"):
            changes["jobTemplate"] = {**template, "spec": inner["spec"]}
    return {**manifest, "spec": {**spec, **changes}} if changes else manifest


def _called(manifest: Mapping[str, Any]) -> str:
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return f"{manifest.get('kind') or 'the change'} {name or ''}".strip()


def _check_types(manifest: Mapping[str, Any]) -> None:
    """Refuse what no API server takes of any kind."""
    wrong = _misshapen(manifest)
    if wrong:
        raise AdmissionRefused("invalid", wrong)


def _misshapen(written: Mapping[str, Any]) -> str:
    """What is wrong in an object, or a merge patch of one, of any kind: metadata, labels or annotations that are no mappings; or ""."""
    metadata = written.get("metadata")
    inner = metadata if isinstance(metadata, Mapping) else {}
    for name, value in ("metadata", metadata), ("metadata.labels", inner.get("labels")), (
        "metadata.annotations", inner.get("annotations")
    ):  # fmt: skip
        if value is not None and not isinstance(value, Mapping):
            return f"{name} is no mapping"
    return "" if isinstance(inner.get("finalizers") or [], list) else "metadata.finalizers is no list"


def _malformed(written: Mapping[str, Any], api_version: Any, kind: Any, *, items: bool = True) -> str:
    """What is wrong with the form of an object of a kind, or of a merge patch of one, or "": a value of another type; or something that an
    item of a list lacks, for a merge patch brings lists whole (`items`: not where they are the object's own).
    """
    from kubetrial.lint.api import walk
    from kubetrial.lint.yaml.document import Document
    from kubetrial.lint.yaml.node import Node

    catalogue = _catalogue()
    entry = catalogue.kind(str(api_version), str(kind))
    if entry is None:
        return ""
    node = Node(Document("", 0, 0, "", written), None, (), written)  # type: ignore[arg-type]
    checked = walk.check(node, entry["type"], catalogue)
    if checked.broken or not items:
        return f"{checked.broken[0].path} has a wrong type" if checked.broken else ""
    missing = (one.node for one in checked.found if one.rule == "field-missing")
    lacking = next((one.path for one in missing if any(isinstance(step, int) for step in one.steps)), None)
    return "" if lacking is None else f"{lacking} is missing"


@functools.cache
def _catalogue() -> Catalogue:
    from kubetrial.lint.api.walk import Catalogue

    return Catalogue()


def _check_selector(manifest: Mapping[str, Any]) -> None:
    """Validation that a trial cannot do without: a selector that misses its own template makes pods without end."""
    if manifest.get("kind") not in kinds.SELECTING:
        return
    spec = manifest.get("spec") or {}
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    if not spec.get("selector") or not selectors.matches(spec["selector"], labels):
        raise AdmissionRefused("invalid", "spec.selector does not match the labels of spec.template")


def _say(timeline: Timeline, now: float, action: ScriptedAction, **detail: Any) -> None:
    subject = action.target or str(action.value)
    timeline.add(TimelineEvent(now, "action", subject, action.verb, detail))


NO_OBJECT, NO_VERB = "there is no such object", "nothing of this name can be done to it"


def _act(world: World, action: ScriptedAction) -> str:
    """Do it; what is wrong with the action, or ""."""
    kind, _, subject = action.target.partition("/")
    kind = KINDS.get(kind, kind)
    if action.verb == "apply":
        return _apply_later(world, action)
    if kind == "Node":
        _say(world.timeline, world.now, action)
        return "" if nodes.act(world, action.verb, subject, action.value) else NO_OBJECT
    target = world.by_subject(kind, subject)
    if target is None:
        return NO_OBJECT
    if action.verb == "evict":
        allowed = disruption.evict(world, target)
        _say(world.timeline, world.now, action, **({} if allowed else {"refused": 429}))
        return ""
    if action.verb == "load":
        _say(world.timeline, world.now, action)
        world.kept(scaling.Loads).wanted[target.kind, target.namespace, target.name] = int(action.value)
        return ""
    patch = _patch(action, target)
    if patch is not None:
        return _change(world, action, target, {"kind": kind, "metadata": {"name": subject}}, patch)
    _say(world.timeline, world.now, action)
    if action.verb == "delete":
        world.delete(target)
    elif action.verb == "podFail":
        reason = str(action.value or "Evicted")
        if reason == "Evicted":  # the kubelet's mark of an eviction
            target.conditions.add("DisruptionTarget")
        pod.end_pod(world, target, "Failed", reason)
    else:
        return NO_VERB
    return ""


def _apply_later(world: World, action: ScriptedAction) -> str:
    """Apply what an action brings: a file that is loaded, a list of objects, or one; what is wrong with it, or ""."""
    _say(world.timeline, world.now, action)
    load, value = world.kept(_Given).load, action.value
    loaded: Sequence[Any]
    if isinstance(value, str) and load is not None:
        loaded = load(value)
    else:
        loaded = value if isinstance(value, Sequence) else [value]
    for manifest in loaded:
        if isinstance(manifest, Mapping):
            wrong = _malformed(manifest, manifest.get("apiVersion"), manifest.get("kind"))
            if wrong:
                return wrong
            _apply(world, manifest, None)
    return ""


def _change(
    world: World, action: ScriptedAction, target: StoredObject, named: Mapping[str, Any], patch: Mapping[str, Any]
) -> str:
    """Patch an object as far as the API server lets it; what is wrong with the patch, or ""."""
    cut = bounded({**patch, **named}, world.timeline.notes)
    patch = {**patch, "spec": cut["spec"]} if "spec" in patch else patch
    api_version, given = target.manifest.get("apiVersion"), action.verb == "patch"
    wrong = _malformed(patch, api_version, named["kind"], items=given) or _misshapen(patch)
    if wrong:
        _say(world.timeline, world.now, action, refused=422)
        return "" if action.may_fail else wrong
    field = world.fixed(target, patch)
    _say(world.timeline, world.now, action, **({"refused": 422} if field else {}))
    if not field:
        world.patch(target, patch)
    elif not action.may_fail:
        return f"{field} cannot be changed on an existing {named['kind']}"
    return ""


def _patch(action: ScriptedAction, target: StoredObject) -> Mapping[str, Any] | None:
    """The JSON merge patch that an action is, if it is one."""
    verb, value = action.verb, action.value
    if verb == "patch":
        return value  # type: ignore[no-any-return]
    if verb == "scale":
        return {"spec": {"replicas": int(value)}}
    if verb != "setImage":
        return None
    above = target.spec
    if target.kind == "CronJob":
        above = target.spec["jobTemplate"]["spec"]
    pod_spec = above["template"]["spec"] if "template" in above else above
    containers = [
        {**c, "image": value["image"]} if c.get("name") == value["container"] else c
        for c in pod_spec.get("containers") or ()
    ]
    template = {"template": {"spec": {"containers": containers}}}
    if target.kind == "CronJob":
        return {"spec": {"jobTemplate": {"spec": template}}}
    return {"spec": template if "template" in above else {"containers": containers}}


CONTROLLER = Controller(NAME, sync)
