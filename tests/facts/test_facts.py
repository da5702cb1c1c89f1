"""The functions that rules and trial share, against what a real cluster answered (answers.json, written by ask.py), and rules
against trials on generated sets: they never answer the same question differently.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kubetrial.lint.api import against, defaults
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.engine import Choice, Text, check_texts
from kubetrial.lint.facts import binding, kinds, limit_ranges, selectors
from kubetrial.lint.facts.resources import amounts, pod_sum, qos_class, thousandths, with_pod_level
from kubetrial.lint.objects.views import Object
from kubetrial.lint.trial import changes, run
from kubetrial.lint.trial.objects import StoredObject as Played
from kubetrial.lint.trial.scenario import read
from kubetrial.lint.yaml import source

ANSWERS: dict[str, list[Any]] = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("selector", "labels", "answer"), ANSWERS["selects"])
def test_selectors(selector: Any, labels: Any, answer: bool) -> None:
    assert selectors.matches(selector, labels or {}) == answer


@pytest.mark.parametrize(("spec", "answer"), ANSWERS["qos"])
def test_classes_of_pods(spec: Any, answer: str) -> None:
    assert qos_class(with_pod_level(defaults.pod(spec))) == answer


@pytest.mark.parametrize(("spec", "answer"), ANSWERS["asked"])
def test_sums_of_pods(spec: Any, answer: dict[str, str]) -> None:
    whole = with_pod_level(defaults.pod(spec))
    sums = {f"{which}.{name}": n for which in ("requests", "limits") for name, n in pod_sum(whole, which).items()}
    assert sums == {name: thousandths(amount) for name, amount in answer.items()}


@pytest.mark.parametrize(("limits", "spec", "answer"), ANSWERS["filled"])
def test_defaults_of_limit_ranges(limits: Any, spec: Any, answer: list[Any]) -> None:
    for given_spec in (spec, defaults.pod(spec)):  # rules fill in what is written, the trial what is stored
        found = defaults.pod(limit_ranges.filled(given_spec, {"limits": limits}))
        made = [c["resources"] for group in ("initContainers", "containers") for c in found.get(group) or ()]
        assert [{which: amounts(one.get(which)) for which in ("limits", "requests")} for one in made] == [
            {which: amounts(one.get(which)) for which in ("limits", "requests")} for one in answer
        ]


def _object(written: Any) -> Object:
    (document,) = source.read("a.json", json.dumps(written)).documents
    return Object(document, None, (), document.value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("old", "new", "answer"), ANSWERS["changes"])
def test_changes(old: Any, new: Any, answer: list[str]) -> None:
    found = [one.node.path for one in against.refused([_object(old)], [_object(new)], Catalogue())]
    assert {path.split(".")[1] if "." in path else path for path in found} == {
        field.split(".")[1] if "." in field else field for field in answer
    }
    if old["kind"] in kinds.WORDS:
        played = Played(old["kind"], "default", "asked", 1, defaults.spec(old["kind"], old["spec"]))
        assert bool(changes.fixed(played, defaults.spec(new["kind"], new["spec"]))) == bool(answer)


def _named(pair: Any) -> Any:
    return json.loads(json.dumps(pair).replace("$N", "0").replace("$HOME", "default"))


@pytest.mark.parametrize(("volume", "claim", "answer"), ANSWERS["binds"])
def test_binding(volume: Any, claim: Any, answer: bool) -> None:
    volume, claim = _named([volume, claim])
    assert (binding.misfit(volume, claim) is None) == answer
    assert _is_bound_in_a_trial(volume, claim) == answer


SHELF = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "shelf"},
    "provisioner": "kubernetes.io/no-provisioner",
}
OTHER = {**SHELF, "metadata": {"name": "other"}}


def _is_bound_in_a_trial(volume: Any, claim: Any) -> bool:
    timeline = run([SHELF, OTHER, volume, claim], read({"horizonSeconds": 20}))
    return bool(timeline.final("pvc", phase="Bound"))


def _found(rule: str, *objects: Any) -> bool:
    text = Text("all.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))
    checked = check_texts([text], choice=Choice(selected=lambda entry: entry.name == rule))
    assert not checked.internal_error
    return any(finding.rule == rule for finding in checked.findings)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which each of these fields may be there."""
    return st.fixed_dictionaries({}, optional=fields)


LABELS = _some(app=st.sampled_from(["", "web", None]), tier=st.sampled_from(["", "web", None]))
SELECTORS = _some(
    matchLabels=LABELS,
    matchExpressions=st.lists(
        st.one_of(
            st.builds(
                lambda key, operator, values: {"key": key, "operator": operator, "values": values},
                st.sampled_from(["app", "tier"]),
                st.sampled_from(["In", "NotIn"]),
                st.lists(st.sampled_from(["", "web", "api"]), min_size=1, max_size=2, unique=True),
            ),
            st.builds(
                lambda key, operator: {"key": key, "operator": operator},
                st.sampled_from(["app", "tier"]),
                st.sampled_from(["Exists", "DoesNotExist"]),
            ),
        ),
        max_size=2,
    ),
).filter(lambda selector: any(selector.values()))


SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@given(SELECTORS, LABELS.filter(bool), st.sampled_from(["Deployment", "ReplicaSet", "DaemonSet"]))
@SLOWLY
def test_rule_and_trial_agree_on_selectors(selector: Any, labels: Any, kind: str) -> None:
    workload = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web"},
        "spec": {
            "selector": selector,
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1"}]},
            },
        },
    }
    timeline = run([workload], read({"horizonSeconds": 5}))
    refused = any("does not match the labels" in note for note in timeline.notes)
    assert _found("workload-selector-invalid", workload) == refused


VOLUMES = _some(
    storageClassName=st.sampled_from(["shelf", "other", ""]),
    volumeMode=st.sampled_from(["Filesystem", "Block"]),
    claimRef=st.sampled_from([{"name": "data", "namespace": "shop"}, {"name": "data", "namespace": "elsewhere"}]),
)
CLAIMS = _some(
    volumeMode=st.sampled_from(["Filesystem", "Block"]),
    volumeName=st.just("disk"),
    selector=st.sampled_from([{"matchLabels": {"tier": "gold"}}, {"matchLabels": {"tier": "tin"}}]),
)


@pytest.mark.slow
@given(
    VOLUMES,
    CLAIMS,
    st.sampled_from(["shelf", "other", ""]),
    st.sampled_from(["1Gi", "8Gi"]),
    st.sampled_from([["ReadWriteOnce"], ["ReadWriteMany"]]),
)
@SLOWLY
def test_rule_and_trial_agree_on_claims(volume: Any, claim: Any, name: str, size: str, modes: list[str]) -> None:
    kept = {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/srv"}}
    disk = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "disk", "labels": {"tier": "gold"}},
        "spec": {**kept, **volume},
    }
    data = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {"accessModes": modes, "storageClassName": name, "resources": {"requests": {"storage": size}}, **claim},
    }
    bound = _is_bound_in_a_trial(disk, data)
    assert (binding.misfit(disk, data) is None) == bound
    if _found("claim-never-binds", SHELF, OTHER, disk, data):
        assert not bound  # the rule says nothing where it is not sure that this volume is meant


RESOURCES = _some(
    limits=_some(cpu=st.sampled_from(["1", "500m"]), memory=st.sampled_from(["1Gi", "64Mi"])),
    requests=_some(cpu=st.sampled_from(["500m"]), memory=st.sampled_from(["64Mi"])),
)
RANGES = _some(
    default=st.sampled_from([{"cpu": "500m", "memory": "64Mi"}, {"cpu": "1"}]),
    defaultRequest=st.sampled_from([{"cpu": "500m"}, {"memory": "64Mi"}]),
    max=st.sampled_from([{"cpu": "1", "memory": "1Gi"}]),
)


@pytest.mark.slow
@given(RESOURCES, RESOURCES, st.none() | RANGES, st.none() | RESOURCES)
@SLOWLY
def test_rule_and_trial_agree_on_classes_of_pods(one: Any, other: Any, limits: Any, whole: Any) -> None:
    spec = {
        "containers": [
            {"name": name, "image": "registry.example.com/a:1", "resources": resources}
            for name, resources in (("a", one), ("b", other))
        ],
        **({"resources": whole} if whole else {}),
    }
    agent = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "agent", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "agent"}},
            "template": {"metadata": {"labels": {"app": "agent"}}, "spec": spec},
        },
    }
    every = [agent]
    if limits:
        item = {"type": "Container", **limits}
        every.insert(
            0,
            {
                "apiVersion": "v1",
                "kind": "LimitRange",
                "metadata": {"name": "limits", "namespace": "shop"},
                "spec": {"limits": [item]},
            },
        )
    pods = run(every, read({"horizonSeconds": 20})).final("pod")
    if not pods:
        return  # refused by what the limit range allows
    assert _found("daemonset-not-guaranteed", *every) == (pods[0].detail["qosClass"] != "Guaranteed")
