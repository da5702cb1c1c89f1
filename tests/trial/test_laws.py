"""What holds in every trial, whatever the manifests say."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.trial import Scenario, Timeline, run
from kubetrial.lint.trial.scenario import read

CONTAINER = {"name": "main", "image": "registry.example/app:1"}
SECONDS = st.sampled_from([0.5, 1, 2, 7, 30, "forever"])


@st.composite
def jobs(draw: st.DrawFn, name: str = "work") -> dict[str, Any]:
    indexed = draw(st.booleans())
    spec: dict[str, Any] = {
        "parallelism": draw(st.integers(0, 4)),
        "backoffLimit": draw(st.integers(0, 3)),
        "template": {
            "spec": {"restartPolicy": draw(st.sampled_from(["Never", "OnFailure"])), "containers": [CONTAINER]}
        },
    }
    if indexed:
        spec |= {"completionMode": "Indexed", "completions": draw(st.integers(0, 5))}
        if draw(st.booleans()):
            spec["backoffLimitPerIndex"] = draw(st.integers(0, 2))
    elif draw(st.booleans()):
        spec["completions"] = draw(st.integers(0, 5))
    if draw(st.booleans()):
        spec["activeDeadlineSeconds"] = draw(st.integers(0, 60))
    if draw(st.booleans()):
        spec["podReplacementPolicy"] = "Failed"
    if draw(st.booleans()):
        spec["ttlSecondsAfterFinished"] = draw(st.integers(0, 30))
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": spec}


@st.composite
def scenarios(draw: st.DrawFn, workload: str = "Job/work") -> dict[str, Any]:
    container: dict[str, Any] = {
        "runSeconds": draw(st.lists(SECONDS, min_size=1, max_size=4)),
        "exitCodes": draw(st.lists(st.sampled_from([0, 0, 1, 42]), min_size=1, max_size=4)),
    }
    if draw(st.booleans()):
        container["termSeconds"] = draw(st.sampled_from([0.1, 5, 60]))
    actions = []
    for at in sorted(draw(st.lists(st.integers(1, 90), max_size=3))):
        verb = draw(st.sampled_from(["delete", "evict", "nodeDead", "drain", "suspend", "resume"]))
        if verb in ("delete", "evict"):
            actions.append({"at": at, "verb": verb, "target": "Pod/work/pod-1"})
        elif verb in ("suspend", "resume"):
            actions.append(
                {"at": at, "verb": "patch", "target": workload, "value": {"spec": {"suspend": verb == "suspend"}}}
            )
        else:
            actions.append({"at": at, "verb": verb, "target": f"Node/node-{draw(st.integers(0, 2))}"})
    return {"workloads": {workload: {"containers": {"main": container}}}, "actions": actions, "horizonSeconds": 600}


def _holds_for_all(timeline: Timeline) -> None:
    moments = [e.time for e in timeline.events]
    assert moments == sorted(moments)
    assert not timeline.notes or all("no such object" in n for n in timeline.notes)
    for kind in ("pod", "job", "pvc"):
        created = [e.subject for e in timeline.find(kind, "created")]
        deleted = {e.subject for e in timeline.find(kind, "deleted")}
        final = [e.subject for e in timeline.final(kind)]
        assert len(created) == len(set(created))
        assert sorted(set(created) - deleted) == sorted(final)
    for e in timeline.find("pod", "running"):
        assert timeline.first("pod", "scheduled", e.subject) is not None


@settings(max_examples=120, deadline=None)
@given(jobs(), scenarios())
def test_job(job: dict[str, Any], written: dict[str, Any]) -> None:
    timeline = run([job], read(written))
    _holds_for_all(timeline)
    assert timeline.peak("pod", "work/*") <= job["spec"]["parallelism"]
    assert len(timeline.find("job", "complete")) + len(timeline.find("job", "failed")) <= 1
    again = run([job], read(written))
    assert list(timeline.lines()) == list(again.lines())


@settings(max_examples=40, deadline=None)
@given(
    jobs(), scenarios("CronJob/tick"), st.sampled_from(["Allow", "Forbid", "Replace"]), st.sampled_from([None, 5, 100])
)
def test_cronjob(job: dict[str, Any], written: dict[str, Any], policy: str, deadline: int | None) -> None:
    spec = {"schedule": "* * * * *", "concurrencyPolicy": policy, "jobTemplate": {"spec": job["spec"]}}
    if deadline is not None:
        spec["startingDeadlineSeconds"] = deadline
    cron = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick"}, "spec": spec}
    timeline = run([cron], read(written))
    _holds_for_all(timeline)
    if policy != "Allow":
        assert timeline.peak("job", "tick/*") <= 1
    starts = [e.time for e in timeline.find("job", "created", "tick/*")]
    assert starts == sorted(starts)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 6),
    st.integers(0, 6),
    st.booleans(),
    st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True),
)
def test_a_drain_respects_the_budget(pods: int, least: int, always: bool, drained: list[int]) -> None:
    objects: list[dict[str, Any]] = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"pod-{i}", "labels": {"app": "web"}},
            "spec": {"containers": [CONTAINER]},
        }
        for i in range(pods)
    ]
    budget = {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": least}
    if always:
        budget["unhealthyPodEvictionPolicy"] = "AlwaysAllow"
    objects.append(
        {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"}, "spec": budget}
    )
    actions = [{"at": 5, "verb": "drain", "target": f"Node/node-{n}"} for n in drained]
    timeline = run(objects, read({"actions": actions, "horizonSeconds": 60}))
    _holds_for_all(timeline)
    evicted = len({e.subject for e in timeline.find("pod", "terminating")})
    assert pods - evicted >= min(pods, least)


def test_a_pathological_set_ends_with_a_note() -> None:
    job = {
        "parallelism": 50,
        "completions": 5000,
        "template": {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}},
    }
    objects = [{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": f"j{i}"}, "spec": job} for i in range(20)]
    timeline = run(objects, Scenario(), 1e6, budget=3000)
    assert timeline.steps == 3000
    assert len(timeline.notes) == 1
    assert "stopped at second" in timeline.notes[0]
    assert timeline.end < 1e6
