"""An event stands on the line that made it happen."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.lint.trial import Scenario, Timeline, run
from kubetrial.lint.trial.scenarios import NAMED

CONTAINER: dict[str, Any] = {"name": "main", "image": "registry.example/app:1"}


def _pod(**spec: Any) -> dict[str, Any]:
    return {"restartPolicy": "Never", "containers": [CONTAINER], **spec}


def _job(pod: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j"},
        "spec": {**spec, "template": {"spec": pod}},
    }


def _cron(job: dict[str, Any], **spec: Any) -> dict[str, Any]:
    spec = {"schedule": "* * * * *", **spec, "jobTemplate": {"spec": job["spec"]}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c"}, "spec": spec}


def _deployment(**pod: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "w"}}, "spec": {"containers": [CONTAINER], **pod}}
    spec = {"replicas": 4, "selector": {"matchLabels": {"app": "w"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "w"}, "spec": spec}


TERM = {"labelSelector": {"matchLabels": {"app": "w"}}, "topologyKey": "kubernetes.io/hostname"}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
POD = ("spec", "template", "spec")

CASES: list[tuple[str, dict[str, Any], str, str, tuple[str | int, ...]]] = [
    ("failing", _job(_pod()), "job", "failed", ("spec", "backoffLimit")),
    ("failing", _cron(_job(_pod(), backoffLimit=0)), "job", "failed", ("spec", "jobTemplate", "spec", "backoffLimit")),
    ("hanging", _job(_pod(), activeDeadlineSeconds=5), "job", "failed", ("spec", "activeDeadlineSeconds")),
    (
        "hanging",
        _cron(_job(_pod()), concurrencyPolicy="Forbid"),
        "cronjob",
        "JobAlreadyActive",
        ("spec", "concurrencyPolicy"),
    ),
    ("nominal", _cron(_job(_pod()), schedule="0 0 30 2 *"), "cronjob", "InvalidSchedule", ("spec", "schedule")),
    ("nominal", _job(_pod(nodeSelector={"disk": "fast"})), "pod", "unschedulable", (*POD, "nodeSelector")),
    ("nominal", _job(_pod(priorityClassName="no")), "job", "FailedCreate", (*POD, "priorityClassName")),
    (
        "nominal",
        _deployment(affinity={"podAntiAffinity": {REQUIRED: [TERM]}}),
        "pod",
        "unschedulable",
        (*POD, "affinity", "podAntiAffinity"),
    ),
    (
        "nominal",
        _deployment(containers=[{**CONTAINER, "resources": {"requests": {"cpu": "64"}}}]),
        "pod",
        "unschedulable",
        (*POD, "containers", 0, "resources", "requests", "cpu"),
    ),
    (
        "nominal",
        _deployment(containers=[{**CONTAINER, "ports": [{"containerPort": 80, "hostPort": 80}]}]),
        "pod",
        "unschedulable",
        (*POD, "containers", 0, "ports", 0, "hostPort"),
    ),
    (
        "nominal",
        _deployment(volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "no"}}]),
        "pod",
        "unschedulable",
        (*POD, "volumes", 0),
    ),
    ("nominal", _deployment(schedulingGates=[{"name": "later"}]), "pod", "gated", (*POD, "schedulingGates")),
]


def _play(scenario: str, *objects: dict[str, Any]) -> Timeline:
    return run(objects, NAMED[scenario](objects), 3600)


@pytest.mark.parametrize(("scenario", "obj", "kind", "event", "path"), CASES)
def test_cause(scenario: str, obj: dict[str, Any], kind: str, event: str, path: tuple[str | int, ...]) -> None:
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "first"}}
    found = _play(scenario, other, obj).first(kind, event)
    assert found is not None
    assert found.cause is not None
    assert (found.cause.object, found.cause.path) == (1, path)


def test_a_budget_that_allows_nothing_stops_a_drain_and_is_named() -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "b"},
        "spec": {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "w"}}},
    }
    timeline = _play("drained", _deployment(), budget)
    refused = timeline.first("pod", "eviction-refused")
    assert refused is not None
    assert refused.cause is not None
    assert (refused.cause.object, refused.cause.path) == (1, ("spec", "maxUnavailable"))
    assert timeline.count("node", "drained") < 3
    assert _play("drained", _deployment()).count("node", "drained") == 3


def test_messages_are_those_of_describe() -> None:
    found = run([_job(_pod(nodeSelector={"disk": "fast"}))], Scenario(), 60).first("pod", "unschedulable")
    assert found is not None
    assert found.message == (
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), "
        "3 node(s) didn't match Pod's node affinity/selector."
    )
