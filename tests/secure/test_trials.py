"""Trials of strangers: clusters, numbers and scenarios that make more work than anybody waits for are bounded and told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint import engine, trial
from kubetrial.lint.command import cli
from kubetrial.lint.trial import kernel, plays, scenarios
from kubetrial.lint.trial.scenario_file import profile_of

LARGE = 5_000


def _workload(kind: str, pods: int, spec: dict[str, Any] | None = None) -> dict[str, Any]:
    pod = {"containers": [{"name": "main", "image": "web:1.4"}], **(spec or {})}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            **({} if kind == "DaemonSet" else {"replicas": pods}),
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod},
        },
    }


_TERM = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "web"}}}
_FAR = [{"podAffinityTerm": _TERM, "weight": 1}]
PODS: dict[str, dict[str, Any]] = {
    "plain": {},
    "apart": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [_TERM]}}},
    "better apart": {"affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": _FAR}}},
    "spread": {"topologySpreadConstraints": [{**_TERM, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}]},
    "better spread": {"topologySpreadConstraints": [{**_TERM, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway"}]},
}


@pytest.mark.parametrize("pods", PODS)
def test_many_pods_on_many_nodes_are_cut(pods: str) -> None:
    objects = [_workload("Deployment", 1_000, PODS[pods])]
    timeline = trial.run(objects, scenarios.named("nominal", objects, profile_of({"workers": LARGE})))
    assert timeline.is_cut
    assert "more work than a trial follows" in timeline.notes[-1]
    assert timeline.find("pod", "scheduled"), "some of it is shown"


def test_a_daemonset_on_many_nodes_is_played_whole() -> None:
    """Each of its pods names its node, and looks at that alone."""
    objects = [_workload("DaemonSet", 0)]
    timeline = trial.run(objects, scenarios.named("nominal", objects, profile_of({"workers": LARGE})), 60.0)
    assert not timeline.is_cut
    assert len(timeline.find("pod", "scheduled")) == LARGE


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_small_clusters_are_bounded_by_steps_alone(kind: str) -> None:
    objects = [_workload(kind, 100, PODS["apart"])]
    timeline = trial.run(objects, scenarios.named("nominal", objects, profile_of({"workers": 3})), looks=10_000)
    assert not timeline.is_cut


def test_all_plays_of_a_check_share_what_they_may_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    begin = kernel.Kernel.__init__

    def noting(self: kernel.Kernel, budget: int = 0, looks: int = 0) -> None:
        looked.append(looks)
        begin(self, budget, looks)

    monkeypatch.setattr(kernel.Kernel, "__init__", noting)
    many = "".join(
        f"---\n{json.dumps({**_workload('Deployment', 2), 'metadata': {'name': f'w{i}'}})}\n" for i in range(200)
    )
    checked = engine.check_texts([engine.Text("a.yaml", many)], known=engine.Known(profile={"workers": LARGE}))
    assert not checked.internal_error
    assert checked.skipped["play that makes more work than a trial follows"] == len(looked)
    assert set(looked) == {plays.MOST_LOOKS // 200}


def _run(folder: Path, monkeypatch: pytest.MonkeyPatch, actions: list[dict[str, Any]]) -> int:
    monkeypatch.chdir(folder)
    Path("a.yaml").write_text(json.dumps(_workload("Deployment", 1)))
    Path("s.json").write_text(json.dumps({"horizonSeconds": 60, "actions": actions}))
    return cli.main(["run", "--isolated", "a.yaml", "--scenario", "s.json"])


@pytest.mark.parametrize("name", ["../b.yaml", "link.yaml", "a\0b.yaml", "/dev/zero"])
def test_a_scenario_applies_nothing_outside(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hidden}\n")
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "link.yaml").symlink_to("../b.yaml")
    (folder / "c.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shown}\n")
    assert _run(folder, monkeypatch, [{"at": 1, "verb": "apply", "value": name}]) == 2
    assert "lies outside of its folder and repository" in capsys.readouterr().err
    assert _run(folder, monkeypatch, [{"at": 1, "verb": "apply", "value": "c.yaml"}]) == 0


def test_a_scenario_has_no_more_actions_than_anybody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    actions = [{"at": i / 10, "verb": "scale", "target": "Deployment/web", "value": i % 3} for i in range(1_001)]
    assert _run(tmp_path, monkeypatch, actions) == 2
    assert "1001 entries" in capsys.readouterr().err


def test_a_scenario_whose_images_are_empty_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(json.dumps(_workload("Deployment", 1)))
    script = {"horizonSeconds": 60, "workloads": {"Deployment/web": {"containers": {"main": {"images": None}}}}}
    Path("s.json").write_text(json.dumps(script))
    assert cli.main(["run", "--isolated", "a.yaml", "--scenario", "s.json"]) == 0
    assert "mistake of kubetrial" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        {"spec": {"selector": {"matchLabels": {"x": 1.5}}}},
        {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": 1.5}]}}}},
        {"spec": {"template": {"spec": {"restartPolicy": True, "hostname": 1}}}},
    ],
)
def test_a_patch_of_a_wrong_type_is_refused_as_the_server_refuses_it(
    change: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patch = {"at": 1, "verb": "patch", "target": "Deployment/web", "value": change}
    assert _run(tmp_path, monkeypatch, [patch]) == 0
    said = "".join(capsys.readouterr())
    assert "mistake of kubetrial" not in said
    assert "refuse" in said


def test_what_controllers_make_is_bounded_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many workloads, and autoscalers that ask for more than one may have: a trial holds so many objects and ends there."""
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "minReplicas": 10**9,
            "maxReplicas": 2 * 10**9,
            "scaleTargetRef": {"kind": "Deployment", "name": "web"},
        },
    }
    objects = [_workload("Deployment", 1), scaler]
    timeline = trial.run(objects, scenarios.named("nominal", objects, profile_of({"workers": 3})))
    assert any("asks for 1000000000 minReplicas" in note for note in timeline.notes)
    assert not timeline.is_cut
    monkeypatch.setattr("kubetrial.lint.trial.world.MOST_OBJECTS", 900)
    timeline = trial.run(objects, scenarios.named("nominal", objects, profile_of({"workers": 3})))
    assert timeline.is_cut
    assert any("makes more work than a trial follows" in note for note in timeline.notes)


@pytest.mark.parametrize("spec", ["text", 3, [], ["a"], None])
def test_the_spec_of_a_kind_without_a_schema_may_be_anything(spec: Any) -> None:
    boat = {"apiVersion": "yard.example.com/v1", "kind": "Boat", "metadata": {"name": "one"}, "spec": spec}
    objects = [boat, _workload("Deployment", 1)]
    timeline = trial.run(objects, scenarios.named("nominal", objects, profile_of({"workers": 3})), 60.0)
    assert not timeline.is_cut


_POD = "{containers: [{name: a, image: 'web:1.4', env: [%s]}], volumes: [{name: v, persistentVolumeClaim: {claimName: v}}]}"
_SET = (
    "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: web}, spec: {serviceName: web, selector: {matchLabels: {app: web}},"
    " template: {metadata: {labels: {app: web}}, spec: %s}}}"
)
_CLAIM = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: v%s}, spec: %s}"
_VOLUME = "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v, annotations: '{{ .a }}'}, spec: {capacity: {storage: 1Gi}}}"
_JOBS = (
    "{apiVersion: batch/v1, kind: CronJob, metadata: {name: tidy}, spec: {schedule: '{{ schedule }}', jobTemplate: {spec:"
    " {template: {spec: {restartPolicy: OnFailure, containers: [{name: a, image: 'web:1.4'}]}}}}}}"
)
_SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: '%s'}]}}"
_UNREADABLE = {
    "an item of a list": [_SET % (_POD % "'{{ .Values.a }}'")],
    "an empty item of a list": [_SET % (_POD % "null")],
    "the spec of a claim": [_SET % (_POD % ""), _CLAIM % ("", "'{{ .Values.a }}'")],
    "the annotations of a volume": [_SET % (_POD % ""), _CLAIM % ("", "{}"), _VOLUME],
    "a schedule": [_JOBS],
    "a port of thousands of digits": [_SET % (_POD % ""), _SERVICE % ("1" * 5000)],
    "a port in digits that are no number": [_SET % (_POD % ""), _SERVICE % "²"],
}


@pytest.mark.parametrize("case", _UNREADABLE)
def test_what_cannot_be_read_is_no_mistake_of_the_trial(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a blank, an empty item or a strange number stands, the trial goes on without it, in `check` and in `run`."""
    path = tmp_path / "a.yaml"
    path.write_text("\n---\n".join(_UNREADABLE[case]), encoding="utf-8")
    assert cli.main(["check", "--no-cache", "--select", "all", str(path)]) in (0, 1)
    said = capsys.readouterr().out
    assert "internal-error" not in said, said
    assert cli.main(["run", str(path)]) in (0, 1, 2)
