"""A node that is short of memory: who is evicted, in which order, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.lint.trial import Timeline, run
from kubetrial.lint.trial.scenario import read
from kubetrial.lint.trial.scenario_file import problems

ON_THE_NODE = {"kubernetes.io/hostname": "node-0"}


def pod(name: str, request: str = "", limit: str = "", **spec: Any) -> dict[str, Any]:
    given = {
        "requests": {"memory": request} if request else {},
        "limits": {"memory": limit, "cpu": "1"} if limit else {},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "nodeSelector": ON_THE_NODE,
            "containers": [{"name": "main", "image": "registry.example/app:1", "resources": given}],
            **spec,
        },
    }


def agent() -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": "agent"}},
        "spec": {"containers": [{"name": "main", "image": "registry.example/agent:1"}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "agent"},
        "spec": {"selector": {"matchLabels": {"app": "agent"}}, "template": template},
    }


def play(*objects: dict[str, Any], seconds: float = 400.0, **value: Any) -> Timeline:
    action = {"at": 10, "verb": "memoryPressure", "target": "Node/node-0", "value": value}
    return run(objects, read({"actions": [action], "horizonSeconds": seconds}))


def evicted(timeline: Timeline) -> list[str]:
    return [e.subject for e in timeline.find("pod", "failed", reason="Evicted")]


CLASSES = (pod("guaranteed", limit="1Gi"), pod("burstable", "1Gi"), pod("best-effort"))
PRIORITY = {"kind": "PriorityClass", "metadata": {"name": "high"}, "value": 1000}


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [
        ("3Gi", []),
        ("2300Mi", ["burstable"]),
        ("1100Mi", ["burstable", "best-effort"]),
        ("10Mi", ["burstable", "best-effort", "guaranteed"]),
    ],
)
def test_as_many_go_as_have_to(leaves: str, expected: list[str]) -> None:
    assert evicted(play(*CLASSES, leaves=leaves)) == expected


def test_who_uses_most_above_its_requests_goes_first() -> None:
    usage = {"Pod/burstable": "1100Mi", "Pod/best-effort": "200Mi", "Pod/guaranteed": "1Gi"}
    assert evicted(play(*CLASSES, leaves="10Mi", usage=usage)) == ["best-effort", "burstable", "guaranteed"]


def test_priority_counts_among_those_above_their_requests() -> None:
    important = pod("important", priorityClassName="high")
    found = evicted(play(PRIORITY, important, pod("plain"), pod("within", limit="64Mi"), leaves="1Mi"))
    assert found == ["plain", "important", "within"]


def test_critical_pods_stay() -> None:
    timeline = play(pod("system", priorityClassName="system-node-critical"), leaves="1Mi")
    assert evicted(timeline) == []
    assert timeline.final("pod", "system", phase="Running")


def test_a_daemonset_pod_comes_back_to_the_same_node_later_and_later() -> None:
    times = [e.time for e in play(agent(), leaves="1Mi").find("pod", "failed", "agent/node-0/*", reason="Evicted")]
    assert len(times) > 3
    assert times[-1] - times[-2] > times[1] - times[0]


def test_others_stay_away_from_the_node_until_five_minutes_after_the_shortage() -> None:
    late = {"at": 200, "verb": "apply", "value": [pod("late", "10Mi")]}
    action = {"at": 10, "verb": "memoryPressure", "target": "Node/node-0", "value": {"leaves": "1Mi", "seconds": 60}}
    timeline = run([pod("first", "10Mi")], read({"actions": [action, late], "horizonSeconds": 500}))
    assert timeline.count("pod", "unschedulable", "late") == 1
    over = timeline.first("node", "memory-pressure-over", "node-0")
    runs = timeline.first("pod", "running", "late")
    assert over is not None
    assert runs is not None
    assert runs.time == pytest.approx(over.time, abs=1)


@pytest.mark.parametrize("value", [3, {"leaves": "much"}, {"left": "1Gi"}, {"usage": ["web"]}, {"seconds": "long"}])
def test_a_wrong_value_is_told(value: Any) -> None:
    actions = [{"at": 1, "verb": "memoryPressure", "target": "Node/node-0", "value": value}]
    assert len(list(problems({"actions": actions}))) == 1
