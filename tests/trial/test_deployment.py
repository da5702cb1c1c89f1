"""Deployments and ReplicaSets in a trial: arithmetic, and what no rollout may do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.trial import Timeline, run
from kubetrial.lint.trial.controllers import deployment
from kubetrial.lint.trial.scenario import read

from tests.watched import fewest_ready

WAIT_FOR_FIRST = 20


def web(replicas: int, kind: str = "Deployment", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "registry.example/app:1"}]},
            },
            **spec,
        },
    }


def image(at: float, tag: str) -> dict[str, Any]:
    value = {"container": "main", "image": f"registry.example/app:{tag}"}
    return {"at": at, "verb": "setImage", "target": "Deployment/web", "value": value}


def scale(at: float, replicas: int, kind: str = "Deployment") -> dict[str, Any]:
    return {"at": at, "verb": "scale", "target": f"{kind}/web", "value": replicas}


def play(*objects: dict[str, Any], actions: list[dict[str, Any]] | None = None, **main: Any) -> Timeline:
    script = {"images": {"registry.example/app:broken": {"neverReady": True}}, **main}
    scenario = {
        "workloads": {kind: {"containers": {"main": script}} for kind in ("Deployment/web", "ReplicaSet/web")},
        "actions": actions or [],
        "horizonSeconds": 120,
    }
    return run(objects, read(scenario))


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (1, "25%", "25%", (1, 0)),
        (3, "25%", "25%", (1, 0)),
        (4, "25%", "25%", (1, 1)),
        (10, "25%", "25%", (3, 2)),
        (10, 3, 2, (3, 2)),
        (5, "100%", 0, (5, 0)),
        (3, 0, "10%", (0, 1)),
        (2, 0, 9, (0, 2)),
    ],
)
def test_surge_is_rounded_up_and_unavailable_down(
    replicas: int, surge: Any, unavailable: Any, expected: tuple[int, int]
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    spec = {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}
    assert deployment.bounds(spec) == expected


def test_recreate_starts_nothing_before_the_old_pods_have_ended() -> None:
    timeline = play(web(3, strategy={"type": "Recreate"}), actions=[image(20, "2")], termSeconds=5)
    last = timeline.find("pod", "ended", "web/rev-1/*")[-1]
    assert [e.time for e in timeline.find("pod", "created", "web/rev-2/*")] == pytest.approx([last.time] * 3, abs=0.1)
    assert timeline.peak("pod", "web/*") == 3


def test_an_old_template_is_the_old_replicaset_again() -> None:
    timeline = play(web(2), actions=[image(20, "2"), image(40, "1")])
    assert timeline.count("replicaset", "created") == 2
    assert timeline.final("replicaset", "web/rev-1", replicas=2)
    assert timeline.final("replicaset", "web/rev-2", replicas=0)


def test_history_keeps_the_newest_replicasets() -> None:
    updates = [image(20, "2"), image(40, "3"), image(60, "4")]
    timeline = play(web(1, revisionHistoryLimit=1), actions=updates)
    assert {e.subject for e in timeline.final("replicaset")} == {"web/rev-3", "web/rev-4"}


def test_a_stuck_update_is_reported_and_never_rolled_back() -> None:
    timeline = play(web(3, progressDeadlineSeconds=10), actions=[image(20, "broken")])
    reported = timeline.first("deployment", "progress-deadline-exceeded")
    assert reported is not None
    assert reported.time == pytest.approx(31, abs=1)
    assert timeline.final("deployment", replicas=4, updated=1, available=3)
    assert fewest_ready(timeline, WAIT_FOR_FIRST) == 3


def test_a_refused_replicaset_is_an_event_and_a_condition() -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q"},
        "spec": {"hard": {"count/replicasets.apps": "1"}},
    }
    timeline = play(quota, web(2), actions=[image(20, "2")])
    assert timeline.count("deployment", "ReplicaSetCreateError", reason="exceeded-quota") == 1
    assert timeline.final("deployment", progressing="ReplicaSetCreateError", available=2)


def test_a_pod_that_no_longer_matches_is_let_go_and_replaced() -> None:
    relabel = {
        "at": 20,
        "verb": "patch",
        "target": "Pod/web/pod-1",
        "value": {"metadata": {"labels": {"app": "debug"}}},
    }
    timeline = play(web(2, kind="ReplicaSet"), actions=[relabel, scale(40, 0, "ReplicaSet")])
    assert timeline.count("pod", "created") == 3
    assert [e.subject for e in timeline.final("pod")] == ["web/pod-1"]


def test_scaling_down_takes_what_is_not_ready_first() -> None:
    broken = [image(20, "broken"), scale(40, 2)]
    timeline = play(web(4, strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}), actions=broken)
    assert fewest_ready(timeline, WAIT_FOR_FIRST) == 2
    assert timeline.final("deployment", replicas=3, available=2)


amounts = st.one_of(st.integers(0, 4), st.sampled_from(["0%", "10%", "25%", "50%", "100%"]))


@settings(max_examples=60, deadline=None)
@given(
    replicas=st.integers(1, 7),
    surge=amounts,
    unavailable=amounts,
    ready_after=st.sampled_from([0, 0.5, 3]),
    min_ready=st.sampled_from([0, 2]),
    again=st.one_of(st.none(), st.sampled_from([20.5, 22, 26])),
)
def test_a_rollout_stays_within_its_bounds_and_ends(
    replicas: int, surge: Any, unavailable: Any, ready_after: float, min_ready: int, again: float | None
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    if surge in (0, "0%") and unavailable in (0, "0%"):
        rolling["maxUnavailable"] = 1
    made = web(replicas, minReadySeconds=min_ready, strategy={"rollingUpdate": rolling})
    updates = [image(20, "2")] + ([image(again, "3")] if again is not None else [])
    timeline = play(made, actions=updates, readyAfterSeconds=ready_after)
    more, less = deployment.bounds(
        {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}}
    )
    assert timeline.peak("pod", "web/*") <= replicas + more
    assert fewest_ready(timeline, WAIT_FOR_FIRST) >= replicas - less
    assert timeline.final("deployment", replicas=replicas, updated=replicas, available=replicas)
    assert timeline.events[-1].time < 115
    assert list(timeline.lines()) == list(play(made, actions=updates, readyAfterSeconds=ready_after).lines())


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 9), min_size=1, max_size=5), start=st.integers(0, 9), update=st.booleans())
def test_scaling_ends_at_the_last_number(sizes: list[int], start: int, update: bool) -> None:
    actions = [scale(20 + 3.5 * i, n) for i, n in enumerate(sizes)]
    timeline = play(web(start), actions=([image(19, "2")] if update else []) + actions, readyAfterSeconds=2)
    assert timeline.final("deployment", specReplicas=sizes[-1], replicas=sizes[-1], available=sizes[-1])
    assert len(timeline.final("pod")) == sizes[-1]
