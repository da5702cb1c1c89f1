"""Helm's order of an install, and containers that cannot start."""

from __future__ import annotations

import re
from typing import Any

import pytest
from kubetrial.lint.rule import index
from kubetrial.lint.trial import run
from kubetrial.lint.trial.installing import stages
from kubetrial.lint.trial.pod import cannot_start
from kubetrial.lint.trial.profile import DEFAULT_PROFILE
from kubetrial.lint.trial.scenarios import NAMED, SPOKEN, helm_install
from kubetrial.lint.trial.timeline import Timeline

from tests.conftest import ROOT


def job(name: str, hook: str = "", weight: int = 0, **container: Any) -> dict[str, Any]:
    annotations = {"helm.sh/hook": hook, "helm.sh/hook-weight": str(weight)} if hook else {}
    spec = {
        "restartPolicy": "Never",
        "containers": [{"name": "a", "image": "registry.example/a:1", "command": ["/bin/work"], **container}],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"backoffLimit": 0, "template": {"spec": spec}},
    }


def deployment(**pod: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "a", "image": "registry.example/a:1"}], **pod},
            },
        },
    }


CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf"}, "data": {"a": "1"}}


def installed(*objects: dict[str, Any]) -> Timeline:
    return run(objects, helm_install(objects), 1200.0, DEFAULT_PROFILE)


def made_at(timeline: Timeline, name: str) -> float:
    return next((e.time for e in timeline.events if e.subject == name and e.event == "created"), -1.0)


def test_hooks_go_by_weight_and_name() -> None:
    given = [deployment(), job("b", "pre-install"), job("late", "post-install"), job("a", "pre-install,pre-upgrade"),
             job("first", "pre-install", -5), job("upgrade", "pre-upgrade"), CONFIG]  # fmt: skip
    names = [[manifest["metadata"]["name"] for _, manifest in stage] for stage in stages(given)]
    assert names == [["first"], ["a"], ["b"], ["web", "conf"], ["late"]]


def test_a_sound_chart_is_installed_in_turn() -> None:
    timeline = installed(deployment(), job("late", "post-install"), job("early", "pre-install"))
    assert not timeline.notes
    assert 0.0 == made_at(timeline, "early") < made_at(timeline, "web") < made_at(timeline, "late")


def test_a_hook_that_needs_what_comes_later_ends_the_install() -> None:
    timeline = installed(
        CONFIG, deployment(), job("early", "pre-install", envFrom=[{"configMapRef": {"name": "conf"}}])
    )
    assert made_at(timeline, "web") == -1.0
    assert timeline.notes == [
        "300 s: the install ended: Job early was waited for 300 s, helm's own timeout; 2 objects of the chart were not made"
    ]


def test_a_hook_that_fails_ends_the_install() -> None:
    timeline = installed(deployment(), job("early", "pre-install", command=["false"]))
    assert made_at(timeline, "web") == -1.0
    assert "the install ended: Job early failed; 1 object of the chart was not made" in timeline.notes[0]


def test_the_last_ones_are_waited_for_too() -> None:
    timeline = installed(deployment(), job("late", "post-install", command=["false"]))
    assert timeline.notes == ["6 s: the install ended: Job late failed"]
    timeline = installed(deployment(nodeSelector={"no": "node"}))
    assert timeline.notes == ["300 s: the install ended: Deployment web was waited for 300 s, helm's own timeout"]


def test_hooks_after_the_install_wait_for_what_is_never_ready() -> None:
    timeline = installed(deployment(nodeSelector={"no": "node"}), job("late", "post-install"))
    assert made_at(timeline, "late") == -1.0
    assert "Deployment web was waited for" in timeline.notes[0]


@pytest.mark.parametrize(
    ("kind", "strategy", "waits"),
    [
        (
            "Deployment",
            {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "10%"}},
            False,
        ),  # one at least: all of one replica
        ("Deployment", {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": "10%"}}, True),
        ("StatefulSet", {"type": "OnDelete"}, False),
        ("StatefulSet", {"type": "RollingUpdate"}, True),
        ("DaemonSet", {"type": "OnDelete"}, False),
        ("DaemonSet", {"rollingUpdate": {"maxUnavailable": "50%"}}, True),
    ],
)
def test_what_helm_takes_for_ready(kind: str, strategy: dict[str, Any], waits: bool) -> None:
    workload = deployment(volumes=[{"name": "a", "configMap": {"name": "none"}}])
    workload["kind"] = kind
    workload["spec"]["strategy" if kind == "Deployment" else "updateStrategy"] = strategy
    timeline = installed(workload, job("late", "post-install"))
    assert (made_at(timeline, "late") == -1.0) == waits


@pytest.mark.parametrize(
    ("container", "pod", "reason"),
    [
        ({"image": "registry.example/a:1"}, {}, ""),
        ({"image": "registry.example/A B:1"}, {}, "InvalidImageName"),
        ({"image": "a:1", "securityContext": {"runAsUser": 0}}, {"securityContext": {"runAsNonRoot": True}}, "CreateContainerConfigError"),
        ({"image": "a:1", "securityContext": {"runAsNonRoot": False}}, {"securityContext": {"runAsNonRoot": True, "runAsUser": 0}}, ""),
        ({"image": "nginx:1"}, {"securityContext": {"runAsNonRoot": True}}, "CreateContainerConfigError"),
        ({"image": "nginx:1"}, {"securityContext": {"runAsNonRoot": True, "runAsUser": 101}}, ""),
        ({"image": "a:1", "volumeMounts": [{"subPathExpr": "$(POD)"}]}, {}, "CreateContainerConfigError"),
        ({"image": "a:1", "env": [{"name": "POD"}], "volumeMounts": [{"subPathExpr": "$(POD)"}]}, {}, ""),
        ({"image": "a:1", "volumeMounts": [{"subPathExpr": "$$(POD)"}]}, {}, ""),
    ],
)  # fmt: skip
def test_what_the_kubelet_never_starts(container: dict[str, Any], pod: dict[str, Any], reason: str) -> None:
    assert cannot_start(container, pod) == reason


def test_a_container_that_cannot_start_stays_pending() -> None:
    objects = [deployment(securityContext={"runAsNonRoot": True, "runAsUser": 0})]
    timeline = run(objects, helm_install(objects), 600.0)
    assert timeline.count("pod", "running", "web*") == 0
    assert [e.detail["phase"] for e in timeline.final("pod")] == ["Pending"]


def test_every_scenario_has_its_findings_in_the_documentation() -> None:
    text = (ROOT / "docs" / "trial.md").read_text(encoding="utf-8")
    table = text.partition("## What of it becomes a finding")[2].partition("\n## ")[0]
    spoken = {plain: said for said, plain in SPOKEN.items()}
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert named == {spoken.get(name, name) for name in NAMED}
    told = {name for row in rows for name in re.findall(r"\[([a-z-]+)\]\(rules/", row)}
    assert told <= set(index())
    for row in rows:
        assert re.search(r"\[[a-z-]+\]\(rules/", row) or "| none" in row, row
