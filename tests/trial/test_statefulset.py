"""StatefulSets in a trial: order, names, claims and rollouts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.facts import rollouts
from kubetrial.lint.trial import Timeline, run
from kubetrial.lint.trial.controllers import statefulset
from kubetrial.lint.trial.scenario import read

from tests.watched import fewest_ready

CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def db(replicas: int, name: str = "db", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "serviceName": name,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": "registry.example/app:1"}]},
            },
            **spec,
        },
    }


def image(at: float, tag: str) -> dict[str, Any]:
    value = {"container": "main", "image": f"registry.example/app:{tag}"}
    return {"at": at, "verb": "setImage", "target": "StatefulSet/db", "value": value}


def scale(at: float, replicas: int) -> dict[str, Any]:
    return {"at": at, "verb": "scale", "target": "StatefulSet/db", "value": replicas}


def delete(at: float, target: str) -> dict[str, Any]:
    return {"at": at, "verb": "delete", "target": target}


def play(*objects: dict[str, Any], actions: list[dict[str, Any]] | None = None, **main: Any) -> Timeline:
    script = {"images": {"registry.example/app:broken": {"neverReady": True}}, **main}
    indexes = script.pop("indexes", {})
    scenario = {
        "workloads": {"StatefulSet/db": {"containers": {"main": script}, "indexes": indexes}},
        "actions": actions or [],
        "horizonSeconds": 200,
    }
    return run(objects, read(scenario))


def ordinals(timeline: Timeline, event: str, after: float = -1) -> list[int]:
    return [int(e.subject.rpartition("-")[2]) for e in timeline.find("pod", event) if e.time > after]


@pytest.mark.parametrize(
    ("length", "fits"), [(52, True), (54, False), (63, False)]
)  # 53 depends on the length of the hash
def test_a_long_name_leaves_no_room_for_the_revision_label(length: int, fits: bool) -> None:
    timeline = play(db(1, name="n" * length))
    assert timeline.count("pod", "created") == fits
    assert timeline.count("statefulset", "FailedCreate", reason="invalid") == (not fits)


def test_ordinals_start_where_told_and_the_partition_counts_places() -> None:
    update = {"rollingUpdate": {"partition": 2}}
    timeline = play(db(3, ordinals={"start": 5}, updateStrategy=update), actions=[image(50, "2")])
    assert ordinals(timeline, "created") == [5, 6, 7, 7]
    assert [e.subject for e in timeline.final("pod", revision="rev-2")] == ["db-7"]


def test_a_broken_update_stays_broken_when_ordered_and_heals_when_parallel() -> None:
    actions = [image(50, "broken"), image(70, "3")]
    ordered = play(db(3), actions=actions)
    parallel = play(db(3, podManagementPolicy="Parallel"), actions=actions)
    assert not ordered.final("pod", revision="rev-3")
    assert ordered.final("pod", "db-2", revision="rev-2", ready=False)
    assert len(parallel.final("pod", revision="rev-3", ready=True)) == 3


def test_on_delete_waits_for_a_hand() -> None:
    actions = [image(50, "2"), delete(70, "Pod/db-1")]
    timeline = play(db(3, updateStrategy={"type": "OnDelete"}), actions=actions)
    assert [e.subject for e in timeline.final("pod", revision="rev-2")] == ["db-1"]


def test_a_foreign_pod_keeps_its_name_until_it_goes() -> None:
    foreign = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db-1"}, "spec": {"containers": [{"name": "c"}]}}
    timeline = play(foreign, db(3), actions=[delete(100, "Pod/db-1")])
    assert timeline.count("statefulset", "FailedCreate") == 0
    assert len(timeline.find("pod", "created", "db-2")) == 1
    first = timeline.first("pod", "created", "db-2")
    assert first is not None
    assert first.time > 100


def test_a_lost_node_keeps_its_pod_and_no_replacement_comes() -> None:
    dead = {"at": 20, "verb": "nodeDead", "target": "Node/node-1"}
    made = db(3)
    made["spec"]["template"]["spec"]["tolerations"] = [
        {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    ]
    timeline = play(made, actions=[dead])
    assert len(timeline.final("pod", terminating=True)) == 1
    assert timeline.count("pod", "created") == 3


def test_a_claim_template_hides_a_volume_of_its_name() -> None:
    made = db(1, volumeClaimTemplates=[CLAIM])
    template = {**made["spec"]["template"], "spec": {"volumes": [{"name": "data", "emptyDir": {}}, {"name": "tmp"}]}}
    timeline = play(made)
    assert [e.subject for e in timeline.final("pvc", phase="Bound")] == ["data-db-0"]
    world_set = type("Set", (), {"name": "db", "spec": made["spec"]})()
    volumes = statefulset.pod_spec(world_set, template, 4)["volumes"]
    assert volumes == [{"name": "data", "persistentVolumeClaim": {"claimName": "data-db-4"}}, {"name": "tmp"}]


def test_scaling_up_while_pods_stop_leaves_the_set_short_when_claims_go_with_them() -> None:
    retention = {"whenScaled": "Delete", "whenDeleted": "Retain"}
    made = db(3, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=retention)
    timeline = play(made, actions=[scale(50, 1), scale(52, 3)], termSeconds=4)
    assert timeline.final("statefulset", replicas=2)
    assert {e.subject for e in timeline.final("pvc")} == {"data-db-0", "data-db-1"}


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    parallel=st.booleans(),
    scaled=st.sampled_from(["Retain", "Delete"]),
    deleted=st.sampled_from(["Retain", "Delete"]),
    end=st.booleans(),
)
def test_claims_outlive_pods_unless_the_policy_says_otherwise(
    sizes: list[int], parallel: bool, scaled: str, deleted: str, end: bool
) -> None:
    made = db(
        sizes[0],
        podManagementPolicy="Parallel" if parallel else "OrderedReady",
        volumeClaimTemplates=[CLAIM],
        persistentVolumeClaimRetentionPolicy={"whenScaled": scaled, "whenDeleted": deleted},
    )
    actions = [scale(20.0 * i, n) for i, n in enumerate(sizes[1:], 1)]
    timeline = play(made, actions=actions + ([delete(150, "StatefulSet/db")] if end else []), readyAfterSeconds=1)
    last = sizes[-1]
    kept = set(range(max(sizes))) if scaled == "Retain" else set(range(last))
    if end and deleted == "Delete":
        kept -= set(range(max(sizes))) if scaled == "Retain" else kept
    assert {e.subject for e in timeline.final("pvc")} == {f"data-db-{n}" for n in kept}
    assert len(timeline.final("pod")) == (0 if end else last)


@settings(max_examples=60, deadline=None)
@given(
    replicas=st.integers(1, 5),
    parallel=st.booleans(),
    most=st.one_of(st.integers(1, 3), st.sampled_from(["20%", "50%"])),
    partition=st.integers(0, 4),
    ready_after=st.sampled_from([0, 1, 3]),
    min_ready=st.sampled_from([0, 2]),
)
def test_order_of_start_and_update(
    replicas: int, parallel: bool, most: Any, partition: int, ready_after: float, min_ready: int
) -> None:
    made = db(
        replicas,
        podManagementPolicy="Parallel" if parallel else "OrderedReady",
        minReadySeconds=min_ready,
        updateStrategy={"rollingUpdate": {"maxUnavailable": most, "partition": partition}},
    )
    timeline = play(made, actions=[image(60, "2")], readyAfterSeconds=ready_after)
    assert ordinals(timeline, "created")[:replicas] == list(range(replicas))
    if not parallel:
        for n in range(1, replicas):
            before, after = timeline.first("pod", "ready", f"db-{n - 1}"), timeline.first("pod", "created", f"db-{n}")
            assert before is not None
            assert after is not None
            assert after.time >= before.time + max(min_ready - 1, 0)
    assert ordinals(timeline, "terminating", after=59) == list(range(replicas - 1, partition - 1, -1))
    assert fewest_ready(timeline, 59) >= replicas - rollouts.of_statefulset(
        {"rollingUpdate": {"maxUnavailable": most}}, replicas
    )
    updated = {e.subject for e in timeline.final("pod", revision="rev-2", ready=True)}
    assert updated == {f"db-{n}" for n in range(partition, replicas)}
    assert timeline.peak("pod") == replicas
    assert list(timeline.lines()) == list(play(made, actions=[image(60, "2")], readyAfterSeconds=ready_after).lines())


@settings(max_examples=30, deadline=None)
@given(stuck=st.integers(0, 3), replicas=st.integers(1, 4), parallel=st.booleans())
def test_nothing_starts_after_an_ordinal_that_never_gets_ready(stuck: int, replicas: int, parallel: bool) -> None:
    indexes = {str(stuck): {"containers": {"main": {"neverReady": True}}}}
    made = db(replicas, podManagementPolicy="Parallel" if parallel else "OrderedReady")
    timeline = play(made, indexes=indexes)
    expected = replicas if parallel else min(replicas, stuck + 1)
    assert ordinals(timeline, "created") == list(range(expected))
