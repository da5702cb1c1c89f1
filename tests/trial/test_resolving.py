"""Loops that wait for a Service: what a trial answers to them, with the DNS of Kubernetes and its endpoints."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from kubetrial.lint.trial import run
from kubetrial.lint.trial.scenarios import NAMED
from kubetrial.lint.trial.timeline import TimelineEvent

SHELL = ["sh", "-c"]


def _service(name: str = "db", **spec: Any) -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": 5432}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def _pods(name: str, kind: str = "Deployment", script: str = "", **pod: Any) -> dict[str, Any]:
    """A workload of one pod; with a script, its init container runs that first."""
    containers = [{"name": "main", "image": f"registry.example/{name}:1"}]
    inits = [{"name": "wait", "image": "registry.example/tools:1", "command": [*SHELL, script]}] if script else []
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": containers, "initContainers": inits, **pod},
    }
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def _ready(*objects: dict[str, Any], closed: bool = True) -> dict[str, bool]:
    """Whether each workload is ready at the end of an hour."""
    return {
        final.subject: final.detail.get("ready") == 1
        for final in _finals(*objects, closed=closed)
        if final.kind != "pod"
    }


def _finals(*objects: dict[str, Any], closed: bool = True) -> list[TimelineEvent]:
    scenario = replace(NAMED["nominal"](objects), reads_commands=True)
    scenario = replace(scenario, profile=replace(scenario.profile, closed_world=closed))
    return [
        final for final in run(objects, scenario, 3600.0).finals if final.kind in ("deployment", "statefulset", "pod")
    ]


@pytest.mark.parametrize("asks", ["nslookup db", "nc -z db 5432", "nc -z db.default.svc 5432", "curl -s http://db/"])
def test_a_service_with_a_ready_pod_answers(asks: str) -> None:
    web = _pods("web", script=f"until {asks}; do sleep 1; done")
    assert _ready(_service(), _pods("db"), web) == {"db": True, "web": True}


def test_the_name_of_a_service_resolves_before_it_has_pods() -> None:
    web = _pods("web", script="until nslookup db; do sleep 1; done")
    assert _ready(_service(), web)["web"]
    assert not _ready(_service(clusterIP="None"), web)["web"]


@pytest.mark.parametrize(
    ("asks", "name"),
    [("nslookup dbb", "dbb"), ("nc -z db 6543", "db"), ("curl -s http://other.default.svc/", "other.default.svc")],
)
def test_what_is_not_there_is_waited_for(asks: str, name: str) -> None:
    objects = _service(), _pods("db"), _pods("web", script=f"until {asks}; do sleep 1; done")
    assert not _ready(*objects)["web"]
    assert [final.detail["waitsFor"] for final in _finals(*objects) if "waitsFor" in final.detail] == [name]


def test_names_of_the_outside_and_of_what_is_not_given_are_taken_to_answer() -> None:
    assert _ready(_pods("web", script="until curl -s https://api.example.com/; do sleep 1; done"))["web"]
    assert _ready(_pods("web", script="until nslookup elsewhere; do sleep 1; done"), closed=False)["web"]


def test_a_pod_waits_for_ever_for_its_own_service() -> None:
    own = _pods("web", script="until nc -z web 5432; do sleep 1; done")
    assert not _ready(_service("web"), own)["web"]


def test_the_dns_of_the_node_knows_no_service() -> None:
    script = "until nslookup db; do sleep 1; done"
    assert not _ready(_service(), _pods("db"), _pods("web", script=script, hostNetwork=True))["web"]
    ok = _pods("web", script=script, hostNetwork=True, dnsPolicy="ClusterFirstWithHostNet")
    assert _ready(_service(), _pods("db"), ok)["web"]


def test_one_pod_of_a_statefulset_has_a_name_of_its_own() -> None:
    objects = _service(clusterIP="None"), _pods("db", "StatefulSet")
    for name, there in (("db-0.db", True), ("db-1.db", False), ("db-0.db.default.svc.cluster.local", True)):
        web = _pods("web", script=f"until nslookup {name}; do sleep 1; done")
        assert _ready(*objects, web)["web"] is there


def test_a_job_waits_before_its_work() -> None:
    container = {
        "name": "main",
        "image": "registry.example/m:1",
        "command": [*SHELL, "until nc -z db 5432; do sleep 1; done; /m"],
    }
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "m"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [container]}}},
    }
    slow = _pods("db", script="sleep 40")
    scenario = replace(NAMED["nominal"]([job]), reads_commands=True)
    done = [
        e.time
        for e in run([_service(), slow, job], scenario, 3600.0).events
        if (e.kind, e.event) == ("job", "complete")
    ]
    assert len(done) == 1
    assert 41 < done[0] < 46
