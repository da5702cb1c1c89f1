"""The autoscaler keeps its target between the bounds, and says what it lacks."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.trial import run
from kubetrial.lint.trial.scenario import Scenario, ScriptedAction
from kubetrial.lint.trial.timeline import Timeline

LABELS = {"app": "web"}


def deployment(replicas: int, requests: dict[str, str] | None = None) -> dict[str, Any]:
    container = {"name": "web", "image": "registry.example/web:1", "resources": {"requests": requests or {}}}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def autoscaler(least: int, most: int) -> dict[str, Any]:
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": least,
            "maxReplicas": most,
            "metrics": [{"type": "Resource", "resource": cpu}],
        },
    }


def replicas(timeline: Timeline) -> int:
    return int(timeline.final("deployment")[0].detail["specReplicas"])


def played(*objects: dict[str, Any], actions: tuple[ScriptedAction, ...] = ()) -> Timeline:
    return run(objects, Scenario(actions=actions), 600.0)


def test_bounds() -> None:
    assert replicas(played(deployment(1, {"cpu": "1m"}), autoscaler(3, 5))) == 3
    assert replicas(played(deployment(9, {"cpu": "1m"}), autoscaler(3, 5))) == 5
    assert replicas(played(deployment(4, {"cpu": "1m"}), autoscaler(3, 5))) == 4


def test_a_target_without_replicas_is_left_alone() -> None:
    assert replicas(played(deployment(0, {"cpu": "1m"}), autoscaler(3, 5))) == 0


def test_what_is_scaled_below_comes_back() -> None:
    down = (ScriptedAction(120.0, "scale", "Deployment/web", 1),)
    timeline = played(deployment(3, {"cpu": "1m"}), autoscaler(3, 5), actions=down)
    scaled = [e.time for e in timeline.events if e.event == "autoscaled"]
    assert scaled == [120.0]
    assert replicas(timeline) == 3


def test_a_missing_request_is_said_once() -> None:
    timeline = played(deployment(3), autoscaler(3, 5))
    said = [e.message for e in timeline.events if e.event == "FailedGetResourceMetric"]
    assert len(said) == 1
    assert said[0].startswith(
        "failed to get cpu utilization: missing request for cpu in container web of Pod web/rev-1/pod-"
    )
    assert not any(
        e.event == "FailedGetResourceMetric" for e in played(deployment(3, {"cpu": "1m"}), autoscaler(3, 5)).events
    )
