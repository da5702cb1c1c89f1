"""Volumes of one node in a trial: who has them, who waits, and what a lost node does to that."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.lint.trial import Timeline, run
from kubetrial.lint.trial.scenario import read

CSI = {"csi": {"driver": "disk.example.com", "volumeHandle": "one"}}
NFS = {"nfs": {"server": "files.example.com", "path": "/"}}


def claim(mode: str = "ReadWriteOnce", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}, **spec},
    }


def volume(source: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "one"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "claimRef": {"name": "data", "namespace": "default"},
            **source,
        },
    }


def deployment(replicas: int = 1, strategy: str = "RollingUpdate", **pod: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": strategy},
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [{"name": "main", "image": "registry.example/app:1"}],
                    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
                    **pod,
                },
            },
        },
    }


def play(*objects: dict[str, Any], actions: Any = (), attach: bool = True, seconds: float = 60.0) -> Timeline:
    scenario = {"cluster": {"attachVolumes": attach}, "actions": list(actions), "horizonSeconds": seconds}
    return run(objects, read(scenario))


def running(timeline: Timeline) -> int:
    return len(timeline.final("pod", "web/*", phase="Running"))


def image(at: float) -> dict[str, Any]:
    value = {"container": "main", "image": "registry.example/app:2"}
    return {"at": at, "verb": "setImage", "target": "Deployment/web", "value": value}


def scale(at: float, replicas: int) -> dict[str, Any]:
    return {"at": at, "verb": "scale", "target": "Deployment/web", "value": replicas}


def node(at: float, verb: str, value: Any = None) -> dict[str, Any]:
    return {"at": at, "verb": verb, "target": "Node/node-0", "value": value}


def test_the_second_node_waits_and_is_told_who_has_the_volume() -> None:
    timeline = play(claim(), deployment(), actions=[scale(10, 2)])
    assert running(timeline) == 1
    told = timeline.first("pod", "FailedAttachVolume", "web/*")
    assert told is not None
    assert told.subject == "web/rev-1/pod-2"
    assert told.message.endswith("Volume is already used by pod(s) web/rev-1/pod-1")
    assert told.cause is not None
    assert told.cause.path[-2:] == ("volumes", 0)


def test_pods_that_come_before_the_volume_is_bound_follow_it_to_its_node() -> None:
    assert running(play(claim(), deployment(3))) == 3


@pytest.mark.parametrize("mode", ["ReadWriteMany", "ReadOnlyMany"])
def test_volumes_of_many_nodes_are_for_all(mode: str) -> None:
    assert running(play(claim(mode), deployment(), actions=[scale(10, 3)])) == 3


def test_pods_of_one_node_share() -> None:
    assert running(play(claim(), deployment(3, nodeSelector={"kubernetes.io/hostname": "node-1"}))) == 3


def test_where_nothing_is_attached_nobody_waits() -> None:
    assert running(play(claim(), deployment(), actions=[scale(10, 3)], attach=False)) == 3


@pytest.mark.parametrize(("source", "expected"), [(CSI, 1), (NFS, 2)])
def test_a_file_share_needs_no_attaching(source: dict[str, Any], expected: int) -> None:
    assert running(play(volume(source), claim(storageClassName=""), deployment(2))) == expected


def test_a_driver_says_whether_it_attaches() -> None:
    driver = {"kind": "CSIDriver", "metadata": {"name": "disk.example.com"}, "spec": {"attachRequired": False}}
    assert running(play(driver, volume(CSI), claim(storageClassName=""), deployment(2))) == 2


def test_a_rolling_update_waits_for_ever_and_recreate_does_not() -> None:
    rolling = play(claim(), deployment(), actions=[image(10)], seconds=700)
    assert rolling.count("deployment", "progress-deadline-exceeded", "web") == 1
    assert rolling.final("deployment", "web")[0].detail["updated"] == 1
    assert rolling.count("pod", "running", "web/rev-2/*") == 0
    again = play(claim(), deployment(strategy="Recreate"), actions=[image(10)])
    assert again.count("pod", "running", "web/rev-2/*") == 1
    assert again.count("pod", "FailedAttachVolume") == 0


def test_a_lost_node_keeps_its_volume() -> None:
    timeline = play(claim(), deployment(), actions=[node(10, "nodeDead")], seconds=3600)
    assert timeline.count("pod", "FailedAttachVolume", "web/rev-1/pod-2") == 1
    assert running(timeline) == 1  # the pod that nobody hears of
    assert timeline.final("pod", "web/rev-1/pod-1")[0].detail.get("terminating")


def test_out_of_service_gives_it_back() -> None:
    taint = [{"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}]
    timeline = play(claim(), deployment(), actions=[node(10, "nodeDead"), node(400, "nodeTaint", taint)], seconds=600)
    assert timeline.count("pod", "running", "web/rev-1/pod-2") == 1


def test_a_node_that_is_gone_gives_it_back_with_its_pods() -> None:
    timeline = play(claim(), deployment(), actions=[node(10, "nodeRemoved")], seconds=300)
    gone = timeline.first("pod", "deleted", "web/rev-1/pod-1")
    runs = timeline.first("pod", "running", "web/rev-1/pod-2")
    assert gone is not None
    assert runs is not None
    assert runs.time >= gone.time


def test_a_volume_that_nobody_needs_is_taken_from_a_lost_node_after_six_minutes() -> None:
    failed = {"at": 20, "verb": "podFail", "target": "Pod/web/rev-1/pod-1"}
    timeline = play(claim(), deployment(), actions=[node(5, "cordon"), node(10, "nodeDead"), failed], seconds=900)
    runs = timeline.first("pod", "running", "web/rev-1/pod-2")
    assert runs is not None
    assert runs.time == pytest.approx(20 + 360, abs=1)
