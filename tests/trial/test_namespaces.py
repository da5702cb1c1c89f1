"""Subjects and actions where objects come from several namespaces, or from none."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.trial import run
from kubetrial.lint.trial.profile import DEFAULT_PROFILE
from kubetrial.lint.trial.scenarios import named


def deployment(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "registry.example/app:1"}]},
            },
        },
    }


VOLUME = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "share"},
    "spec": {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "1Gi"}, "nfs": {"server": "a", "path": "/"}},
}


def test_objects_of_the_whole_cluster_are_no_namespace() -> None:
    objects = [VOLUME, deployment("shop")]
    scenario = named("update", objects, DEFAULT_PROFILE)
    assert scenario is not None
    timeline = run(objects, scenario)
    assert not timeline.notes
    assert timeline.count("replicaset", "created", "web/rev-2") == 1


def test_actions_find_their_objects_in_several_namespaces() -> None:
    objects = [deployment("shop"), deployment("office")]
    scenario = named("update", objects, DEFAULT_PROFILE)
    assert scenario is not None
    timeline = run(objects, scenario)
    assert not timeline.notes
    assert timeline.count("replicaset", "created", "shop/web/rev-2") == 1
    assert timeline.count("replicaset", "created", "office/web/rev-2") == 1
