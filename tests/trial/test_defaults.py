"""The API server's defaults: never in place, and the same when filled in twice."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.api import defaults

CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.just("main"), "image": st.sampled_from(["a", "a:1", "r:5000/a", "a@sha256:0", "a:latest"])},
        optional={
            "resources": st.just({"limits": {"cpu": "1"}, "requests": {"memory": "1Gi", "cpu": None}}),
            "ports": st.just([{"containerPort": 80}]),
            "livenessProbe": st.just({"tcpSocket": {"port": 80}, "periodSeconds": None}),
        },
    ),
    max_size=2,
)
PODS = st.fixed_dictionaries(
    {"containers": CONTAINERS},
    optional={
        "hostNetwork": st.booleans(),
        "initContainers": CONTAINERS,
        "restartPolicy": st.sampled_from([None, "Never"]),
    },
)
SPECS = st.fixed_dictionaries(
    {"template": st.fixed_dictionaries({"spec": PODS})},
    optional={
        "parallelism": st.integers(0, 3),
        "completions": st.integers(0, 3),
        "replicas": st.sampled_from([None, 0, 3]),
        "strategy": st.sampled_from([None, {"type": "Recreate"}, {"rollingUpdate": {"maxSurge": 1}}]),
        "updateStrategy": st.sampled_from([None, {"type": "OnDelete"}, {"rollingUpdate": {"partition": 1}}]),
    },
)
KINDS = ["Job", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]


@given(st.sampled_from(KINDS), SPECS)
def test_filled_in_beside_the_input_and_once(kind: str, spec: dict[str, Any]) -> None:
    before = copy.deepcopy(spec)
    once = defaults.spec(kind, spec)
    assert spec == before
    assert defaults.spec(kind, once) == once


def test_what_a_job_gets() -> None:
    spec = defaults.job({"template": {"spec": {"containers": [{"image": "a"}]}}})
    assert (spec["completions"], spec["parallelism"], spec["backoffLimit"]) == (1, 1, 6)
    assert "completions" not in defaults.job({"parallelism": 3})
    assert defaults.job({"podFailurePolicy": {"rules": []}})["podReplacementPolicy"] == "Failed"
    assert defaults.job({"backoffLimitPerIndex": 1})["backoffLimit"] == 2**31 - 1


def test_images_are_pulled_always_only_without_a_fixed_tag() -> None:
    def policy(image: str) -> str:
        return str(defaults.container({"image": image})["imagePullPolicy"])

    assert [policy(i) for i in ("a", "a:latest", "r:5000/a", "a:latest@sha256:0")] == ["Always"] * 4
    assert [policy(i) for i in ("a:1", "a@sha256:0", "r:5000/a:1")] == ["IfNotPresent"] * 3


def test_limits_are_requests_where_none_are_written() -> None:
    filled = defaults.container({"image": "a", "resources": {"limits": {"cpu": "1"}, "requests": {"memory": "1Gi"}}})
    assert filled["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
