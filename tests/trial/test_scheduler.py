"""The scheduler of a trial where one placement changes what matters for the others."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.trial import Scenario, run


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
