"""DaemonSets in a trial: which nodes get a pod, and what an update may do to a node."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.trial import Timeline, run
from kubetrial.lint.trial.scenario import read

WORKERS = ("node-0", "node-1", "node-2")
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


def agent(pod: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "agent"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {
                "metadata": {"labels": {"app": "agent"}},
                "spec": {"containers": [{"name": "main", "image": "registry.example/app:1"}], **(pod or {})},
            },
            **spec,
        },
    }


def image(at: float, tag: str) -> dict[str, Any]:
    value = {"container": "main", "image": f"registry.example/app:{tag}"}
    return {"at": at, "verb": "setImage", "target": "DaemonSet/agent", "value": value}


def node(at: float, verb: str, name: str, value: Any = None) -> dict[str, Any]:
    return {"at": at, "verb": verb, "target": f"Node/{name}", "value": value}


def play(*objects: dict[str, Any], actions: list[dict[str, Any]] | None = None, **main: Any) -> Timeline:
    script = {"images": {"registry.example/app:broken": {"neverReady": True}}, **main}
    scenario = {
        "workloads": {"DaemonSet/agent": {"containers": {"main": script}}},
        "actions": actions or [],
        "horizonSeconds": 100,
    }
    return run(objects, read(scenario))


def nodes(timeline: Timeline, **where: Any) -> list[str]:
    """The nodes of the pods that are there at the end."""
    return sorted(e.subject.split("/")[1] for e in timeline.final("pod", "agent/*", **where))


def on_a_node(timeline: Timeline, name: str, over: tuple[str, ...]) -> int:
    """The most pods that a node had at one time, until one of the events `over`."""
    there: set[str] = set()
    most = 0
    for e in timeline.events:
        if e.kind == "pod" and e.subject.startswith(f"agent/{name}/"):
            if e.event == "created":
                there.add(e.subject)
            elif e.event in over:
                there.discard(e.subject)
            most = max(most, len(there))
    return most


@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        ([], [*WORKERS]),
        ([{"operator": "Exists"}], ["cp-0", *WORKERS]),
        ([{"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"}], ["cp-0", *WORKERS]),
        ([{"key": CONTROL_PLANE, "operator": "Exists", "effect": "NoExecute"}], [*WORKERS]),
        ([{"key": "node-role.kubernetes.io/master", "operator": "Exists"}], [*WORKERS]),
    ],
)
def test_the_control_plane_needs_a_toleration(tolerations: list[dict[str, str]], expected: list[str]) -> None:
    timeline = play(agent({"tolerations": tolerations}))
    assert nodes(timeline, ready=True) == expected
    assert timeline.final("daemonset", desired=len(expected), available=len(expected), misscheduled=0)


def test_a_cordoned_node_keeps_its_pod_and_gets_a_new_one() -> None:
    deletion = {"at": 30, "verb": "delete", "target": "Pod/agent/node-1/pod-1"}
    timeline = play(agent(), actions=[node(20, "cordon", "node-1"), deletion])
    assert timeline.final("pod", "agent/node-1/pod-2", ready=True)


@pytest.mark.parametrize(("effect", "stays"), [("NoSchedule", True), ("NoExecute", False)])
def test_a_taint_removes_a_running_pod_only_with_no_execute(effect: str, stays: bool) -> None:
    taint = [{"key": "dedicated", "value": "db", "effect": effect}]
    timeline = play(agent(), actions=[node(20, "nodeTaint", "node-1", taint)])
    assert ("node-1" in nodes(timeline)) is stays
    assert timeline.count("pod", "created") == 3


def test_a_joining_node_gets_a_pod_and_a_removed_one_is_still_counted() -> None:
    timeline = play(agent(), actions=[node(20, "nodeAdded", "node-3"), node(80, "nodeRemoved", "node-3")])
    assert timeline.count("pod", "ready", "agent/node-3/*") == 1
    assert timeline.final("daemonset", desired=4)


def test_a_surge_pod_never_gets_the_host_port_of_the_old_one() -> None:
    port = {"containers": [{"name": "main", "image": "registry.example/app:1", "ports": [{"hostPort": 80}]}]}
    strategy = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    timeline = play(agent(port, updateStrategy=strategy), actions=[image(20, "2")])
    assert len(timeline.final("pod", unschedulable=True)) == 1
    assert len(timeline.final("pod", revision="rev-1", ready=True)) == 3


def test_failed_pods_are_replaced_after_longer_and_longer_waits() -> None:
    failures = [
        {"at": at, "verb": "podFail", "target": f"Pod/agent/node-0/pod-{n}", "value": "Evicted"}
        for n, at in enumerate([20, 20.4, 22, 24.5], 1)
    ]
    timeline = play(agent(), actions=failures)
    made = [e.time for e in timeline.find("pod", "created", "agent/node-0/*")]
    assert made == pytest.approx([0, 20, 21.4, 24, 28.5], abs=0.1)
    assert timeline.count("daemonset", "FailedDaemonPod") == 4


def test_a_fixed_template_replaces_a_broken_one_without_help() -> None:
    timeline = play(agent(), actions=[image(20, "broken"), image(40, "3")])
    assert timeline.count("pod", "created", "agent/*") == 3 + 1 + 3
    assert len(timeline.final("pod", revision="rev-3", ready=True)) == 3


amounts = st.one_of(st.integers(0, 4), st.sampled_from(["10%", "34%", "50%", "100%"]))


@settings(max_examples=50, deadline=None)
@given(
    surge=st.booleans(),
    amount=amounts,
    ready_after=st.sampled_from([0, 1, 4]),
    stop=st.sampled_from([0.1, 3]),
    again=st.one_of(st.none(), st.sampled_from([20.5, 23])),
)
def test_an_update_stays_within_its_bounds_and_ends(
    surge: bool, amount: Any, ready_after: float, stop: float, again: float | None
) -> None:
    amount = amount or 1
    rolling = {"maxSurge": amount, "maxUnavailable": 0} if surge else {"maxSurge": 0, "maxUnavailable": amount}
    updates = [image(20, "2")] + ([image(again, "3")] if again is not None else [])
    made = agent(updateStrategy={"type": "RollingUpdate", "rollingUpdate": rolling})
    timeline = play(made, actions=updates, readyAfterSeconds=ready_after, termSeconds=stop)
    number = -(-3 * int(amount[:-1]) // 100) if isinstance(amount, str) else amount
    for name in WORKERS:
        if surge:  # what stops does not count
            assert on_a_node(timeline, name, ("terminating", "deleted")) <= 2
        else:
            assert on_a_node(timeline, name, ("ended", "deleted")) <= 1
    assert timeline.peak("pod", "agent/*") <= 3 + (number if surge else 0)
    assert nodes(timeline, ready=True, revision="rev-2" if again is None else "rev-3") == [*WORKERS]
    assert timeline.final("daemonset", desired=3, current=3, updated=3, available=3)


keys = st.sampled_from(["a", "b"])
effects = st.sampled_from(["NoSchedule", "NoExecute", "PreferNoSchedule"])


@settings(max_examples=60, deadline=None)
@given(
    taints=st.lists(st.tuples(st.sampled_from(WORKERS), keys, effects), max_size=4),
    tolerated=st.lists(st.tuples(keys, effects), max_size=3),
    zones=st.one_of(st.none(), st.sets(st.sampled_from(["zone-0", "zone-1", "zone-2"]))),
)
def test_every_eligible_node_has_exactly_one_pod(
    taints: list[tuple[str, str, str]], tolerated: list[tuple[str, str]], zones: set[str] | None
) -> None:
    expression = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": sorted(zones or ())}
    required = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    pod: dict[str, Any] = {"tolerations": [{"key": k, "operator": "Exists", "effect": e} for k, e in tolerated]}
    if zones is not None:
        pod["affinity"] = affinity
    by_node = {name: [{"key": k, "effect": e} for n, k, e in taints if n == name] for name in {n for n, _, _ in taints}}
    actions = [node(1, "nodeTaint", name, value) for name, value in sorted(by_node.items())]
    late = {"at": 2, "verb": "apply", "value": [agent(pod)]}
    timeline = play(actions=[*actions, late])
    hard = [(n, k, e) for n, k, e in taints if e != "PreferNoSchedule"]
    expected = [
        name
        for i, name in enumerate(WORKERS)
        if (zones is None or f"zone-{i}" in zones) and all((k, e) in tolerated for n, k, e in hard if n == name)
    ]
    assert nodes(timeline, ready=True) == expected
    assert nodes(timeline) == expected
    assert timeline.final("daemonset", desired=len(expected), available=len(expected))
