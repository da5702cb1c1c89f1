"""The scheduler of a trial where one placement changes what matters for the others."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.lint.trial import Scenario, run
from kubetrial.lint.trial.scenario import ScriptedAction


def pod(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "registry.example/app:1"}], **spec},
    }


def away_from(name: str) -> dict[str, Any]:
    term = {"topologyKey": "topology.kubernetes.io/region", "labelSelector": {"matchLabels": {"app": name}}}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def test_the_first_pod_with_anti_affinity_counts_for_those_that_wait_beside_it() -> None:
    timeline = run([pod("alone", affinity=away_from("other")), pod("other"), pod("third")], Scenario(), 60)
    assert timeline.final("pod", "alone", phase="Running")
    assert timeline.final("pod", "third", phase="Running")
    assert timeline.final("pod", "other", unschedulable=True)


def test_so_it_does_while_its_claim_is_being_bound() -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    objects = [claim, pod("alone", affinity=away_from("other"), volumes=volumes), pod("other"), pod("third")]
    timeline = run(objects, Scenario(), 60)
    assert timeline.final("pod", "alone", phase="Running")
    assert timeline.final("pod", "other", unschedulable=True)
    scheduled = timeline.first("pod", "scheduled", "alone")
    assert scheduled is not None
    assert scheduled.time == 1.0


@pytest.mark.parametrize(
    ("label", "zones", "runs"),
    [
        ("topology.kubernetes.io/zone", "zone-1", True),
        ("topology.kubernetes.io/zone", "zone-0__zone-1", True),
        ("failure-domain.beta.kubernetes.io/zone", "zone-1", True),
        ("topology.kubernetes.io/zone", "zone-2", False),
        ("topology.kubernetes.io/region", "region-9", False),
    ],
)
def test_a_volume_with_a_zone_keeps_its_pods_there(label: str, zones: str, runs: bool) -> None:
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "disk", "labels": {label: zones}},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "csi": {"driver": "disks.example.com", "volumeHandle": "1"},
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": "",
            "volumeName": "disk",
        },
    }
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    chosen = {"topology.kubernetes.io/zone": "zone-1"}
    timeline = run([volume, claim, pod("reader", nodeSelector=chosen, volumes=volumes)], Scenario(), 60)
    assert bool(timeline.final("pod", "reader", phase="Running")) is runs
    refused = timeline.find("pod", "unschedulable", "reader")
    assert runs or "node(s) had no available volume zone" in refused[-1].message


def test_a_toleration_that_is_null_covers_nothing() -> None:
    controlled = pod("web", tolerations=[None], nodeSelector={"node-role.kubernetes.io/control-plane": ""})
    assert run([controlled], Scenario(), 60).final("pod", "web", unschedulable=True)


@pytest.mark.parametrize("metadata", ["x", {"labels": "x"}, {"annotations": [1]}, {"finalizers": "x"}])
def test_a_patch_that_no_kind_takes_is_refused(metadata: Any) -> None:
    web = {**pod("web"), "apiVersion": "no/such/version"}
    patch = ScriptedAction(5, "patch", "Pod/web", {"metadata": metadata}, may_fail=True)
    assert run([web], Scenario(actions=(patch,)), 60).final("pod", "web", phase="Running")
