"""Less important pods make room for more important ones."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.trial import run
from kubetrial.lint.trial.profile import DEFAULT_PROFILE
from kubetrial.lint.trial.scenario import Scenario, ScriptedAction
from kubetrial.lint.trial.timeline import Timeline


def priority_class(name: str, value: int) -> dict[str, Any]:
    return {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name}, "value": value}


def deployment(name: str, replicas: int, cpu: str, **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "a", "image": "registry.example/a:1", "resources": {"requests": {"cpu": cpu}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **pod}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


POLITE = {**priority_class("polite", 1000), "preemptionPolicy": "Never"}
CLASSES = (priority_class("high", 1000), priority_class("low", 10), POLITE)
FULL = deployment("batch", 3, "6", priorityClassName="low")


def later(*objects: dict[str, Any]) -> Timeline:
    """A full cluster of three workers, into which something comes after a minute."""
    actions = tuple(ScriptedAction(60.0, "apply", "", obj) for obj in objects)
    return run([*CLASSES, FULL], Scenario(actions=actions), 600.0, DEFAULT_PROFILE)


def preempted(timeline: Timeline) -> list[str]:
    return [e.subject for e in timeline.events if e.event == "preempted"]


def test_one_pod_makes_room_for_one() -> None:
    timeline = later(deployment("web", 1, "6", priorityClassName="high"))
    assert len(preempted(timeline)) == 1
    ready = {e.subject: e.detail["ready"] for e in timeline.final("deployment")}
    assert ready == {"batch": 2, "web": 1}


def test_two_pods_make_room_for_two() -> None:
    timeline = later(deployment("web", 2, "6", priorityClassName="high"))
    assert len(preempted(timeline)) == 2
    assert {e.subject: e.detail["ready"] for e in timeline.final("deployment")} == {"batch": 1, "web": 2}


def test_nobody_goes_for_an_equal_or_a_polite_pod() -> None:
    assert not preempted(later(deployment("web", 1, "6", priorityClassName="low")))
    assert not preempted(later(deployment("web", 1, "6")))
    assert not preempted(later(deployment("web", 1, "6", priorityClassName="high", preemptionPolicy="Never")))
    assert not preempted(later(deployment("web", 1, "6", priorityClassName="polite")))


def test_nobody_goes_where_it_is_of_no_use() -> None:
    assert not preempted(later(deployment("web", 1, "9", priorityClassName="high")))
    assert not preempted(later(deployment("web", 1, "6", priorityClassName="high", nodeSelector={"no": "node"})))
