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


def sizes(
    behavior: dict[str, Any] | None, *loads: tuple[float, int], start: int = 2, least: int = 2, most: int = 40
) -> list[tuple[float, int]]:
    """When the autoscaler set which size, for loads that come at certain times."""
    scaler = autoscaler(least, most)
    if behavior is not None:
        scaler["spec"]["behavior"] = behavior
    actions = tuple(ScriptedAction(at, "load", "Deployment/web", load) for at, load in loads)
    timeline = run([deployment(start, {"cpu": "1m"}), scaler], Scenario(actions=actions), 1200.0)
    return [(e.time, int(e.detail["replicas"])) for e in timeline.events if e.event == "autoscaled"]


def test_load_doubles_at_most() -> None:
    """Without a behavior: twice the size, or 4, at once; down only when nothing asked for more in five minutes."""
    assert sizes(None, (50.0, 20), (300.0, 3)) == [(60.0, 4), (75.0, 8), (90.0, 16), (105.0, 20), (585.0, 3)]


def test_a_load_that_has_gone_by_is_still_grown_for() -> None:
    """Without a behavior the highest recommendation of five minutes is the size that is aimed at, upwards too."""
    grown = [(60.0, 4), (75.0, 8), (90.0, 16), (105.0, 20)]
    assert sizes(None, (50.0, 20), (65.0, 3)) == [*grown, (360.0, 3)]
    assert sizes({}, (50.0, 20), (65.0, 3)) == [(60.0, 6), (360.0, 3)]


def test_what_is_found_first_counts_for_a_window() -> None:
    assert sizes(None, (1.0, 2), start=8) == [(315.0, 2)]
    assert sizes({"scaleUp": {"stabilizationWindowSeconds": 60}}, (1.0, 3)) == [(75.0, 3)]


def test_a_target_that_may_have_no_pods_comes_back_from_none() -> None:
    assert sizes(None, (50.0, 3), (300.0, 0), (700.0, 1), start=0, least=0) == [
        (60.0, 3),
        (585.0, 0),
        (705.0, 1),
    ]


def test_load_within_the_tolerance_changes_nothing() -> None:
    assert sizes(None, (50.0, 21), start=20) == []
    assert sizes(None, (50.0, 12), start=10) == [(60.0, 12)]


def test_load_beyond_the_bounds_is_held_back() -> None:
    assert sizes(None, (50.0, 9), most=5) == [(60.0, 4), (75.0, 5)]
    assert sizes(None, (50.0, 0), start=4) == [(345.0, 2)]


def test_policies_bound_each_step() -> None:
    slow = {"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}}
    assert sizes(slow, (50.0, 5)) == [(60.0, 3), (120.0, 4), (180.0, 5)]
    never = {"scaleDown": {"selectPolicy": "Disabled"}}
    assert sizes(never, (50.0, 8), (120.0, 2)) == [(60.0, 6), (75.0, 8)]
    soon = {
        "scaleDown": {
            "stabilizationWindowSeconds": 0,
            "policies": [{"type": "Percent", "value": 50, "periodSeconds": 15}],
        }
    }
    assert sizes(soon, (50.0, 2), start=16) == [(60.0, 8), (75.0, 4), (90.0, 2)]
    late = {"scaleUp": {"stabilizationWindowSeconds": 60}}
    assert sizes(late, (40.0, 3), (50.0, 4)) == [(90.0, 3), (105.0, 4)]


def test_load_without_a_request_scales_nothing() -> None:
    load = (ScriptedAction(50.0, "load", "Deployment/web", 5),)
    timeline = played(deployment(3), autoscaler(3, 9), actions=load)
    assert [e.event for e in timeline.events if e.event in ("autoscaled", "FailedGetResourceMetric")] == [
        "FailedGetResourceMetric"
    ]


def test_a_policy_that_lacks_something_is_refused() -> None:
    """Or the trial would end at the next look at the autoscaler."""
    scaler = autoscaler(2, 9)
    for policies in [{"type": "Pods", "value": 1}], [None]:
        behavior = {"spec": {"behavior": {"scaleUp": {"policies": policies}}}}
        actions = (
            ScriptedAction(40.0, "patch", "HorizontalPodAutoscaler/web", behavior),
            ScriptedAction(50.0, "load", "Deployment/web", 8),
        )
        timeline = played(deployment(2, {"cpu": "1m"}), scaler, actions=actions)
        assert any("policies[0].periodSeconds is missing" in note for note in timeline.notes)
        assert replicas(timeline) == 8
