"""The Pod Security Standards as pure functions: levels, versions, Windows, user namespaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.api import pod_security
from kubetrial.lint.api.pod_security import BASELINE, RESTRICTED, violations
from kubetrial.lint.command import cli
from kubetrial.lint.rule import index

CLEAN: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "web",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
}


def controls(spec: dict[str, Any], level: str, minor: int = 37, metadata: dict[str, Any] | None = None) -> set[str]:
    return {v.control for v in violations(spec, metadata or {}, level, minor)}


def test_a_pod_that_keeps_the_strictest_level() -> None:
    assert violations(CLEAN, {}, RESTRICTED, 37) == []


def test_a_plain_pod_keeps_baseline_and_not_restricted() -> None:
    plain = {"containers": [{"name": "web"}]}
    assert controls(plain, BASELINE) == set()
    assert controls(plain, RESTRICTED) == {
        "pod-security-privilege-escalation",
        "pod-security-capabilities-kept",
        "pod-security-root-allowed",
        "pod-security-seccomp-missing",
    }
    assert violations(plain, {}, "privileged", 37) == []


@pytest.mark.parametrize(
    ("name", "safe_since"),
    [
        ("net.ipv4.tcp_syncookies", 0),
        ("net.ipv4.ip_local_reserved_ports", 27),
        ("net.ipv4.tcp_keepalive_time", 29),
        ("net.ipv4.tcp_rmem", 32),
        ("net.ipv4.tcp_notsent_lowat", 37),
        ("kernel.msgmax", 99),
    ],
)
def test_sysctls_become_safe_by_version(name: str, safe_since: int) -> None:
    spec = {**CLEAN, "securityContext": {**CLEAN["securityContext"], "sysctls": [{"name": name, "value": "1"}]}}
    for minor in range(25, 38):
        assert bool(controls(spec, BASELINE, minor)) is (minor < safe_since)


def test_hosts_of_probes_are_forbidden_from_1_34_on() -> None:
    spec = {"containers": [{"name": "web", "livenessProbe": {"tcpSocket": {"host": "192.0.2.1", "port": 1}}}]}
    assert controls(spec, BASELINE, 33) == set()
    assert controls(spec, BASELINE, 34) == {"pod-security-probe-host"}


def test_user_namespaces_spare_root_from_1_35_on() -> None:
    spec = {"hostUsers": False, **CLEAN, "securityContext": {"runAsUser": 0, "seccompProfile": {"type": "Localhost"}}}
    assert controls(spec, RESTRICTED, 34) == {"pod-security-root-allowed", "pod-security-root-user"}
    assert controls(spec, RESTRICTED, 35) == set()
    unmasked = {
        "hostUsers": False,
        "containers": [{"name": "a", "securityContext": {"procMount": "Unmasked"}}],
    }
    assert controls(unmasked, BASELINE, 34) == {"pod-security-proc-mount"}
    assert controls(unmasked, BASELINE, 35) == set()
    assert "pod-security-proc-mount-in-user-namespace" in controls(unmasked, RESTRICTED, 35)


def test_windows_pods_are_spared_what_linux_alone_has() -> None:
    spec = {"os": {"name": "windows"}, "securityContext": {"runAsNonRoot": True}, "containers": [{"name": "web"}]}
    assert controls(spec, RESTRICTED, 25) == set()
    assert controls(spec, RESTRICTED, 24) == {
        "pod-security-privilege-escalation",
        "pod-security-capabilities-kept",
        "pod-security-seccomp-missing",
    }


def test_annotations_of_old_versions() -> None:
    annotations = {"annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}}
    assert controls(CLEAN, BASELINE, 18, annotations) == {"pod-security-seccomp-unconfined"}
    assert controls(CLEAN, BASELINE, 19, annotations) == set()
    armor = {"annotations": {"container.apparmor.security.beta.kubernetes.io/web": "unconfined"}}
    assert controls(CLEAN, BASELINE, 37, armor) == {"pod-security-app-armor"}


@pytest.mark.parametrize(
    ("labels", "asked"),
    [
        ({}, ("privileged", 36)),
        ({"enforce": "baseline"}, ("baseline", 36)),
        ({"enforce": "restricted", "enforce-version": "v1.30"}, ("restricted", 30)),
        ({"enforce": "restricted", "enforce-version": "v1.99"}, ("restricted", 36)),
        ({"enforce": "restricted", "enforce-version": "latest"}, ("restricted", 36)),
        ({"enforce": "Restricted"}, ("privileged", 36)),
    ],
)
def test_labels_of_a_namespace(labels: dict[str, str], asked: tuple[str, int]) -> None:
    full = {"pod-security.kubernetes.io/" + key: value for key, value in labels.items()}
    assert pod_security.asked_of(full, "enforce", 36) == asked


POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostPID: true
  containers:
    - name: web
      image: registry.example/web:1
"""


@pytest.mark.parametrize(
    ("level", "rules"),
    [
        ([], set()),
        (["--pod-security", "baseline"], {"pod-security-host-namespaces"}),
        (
            ["--pod-security", "restricted"],
            {
                "pod-security-host-namespaces",
                "pod-security-privilege-escalation",
                "pod-security-capabilities-kept",
                "pod-security-root-allowed",
                "pod-security-seccomp-missing",
            },
        ),
    ],
)
def test_the_option(level: list[str], rules: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text(POD, encoding="utf-8")
    assert cli.main(["check", "--isolated", "--output-format", "json", *level, str(file)]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {f["rule"] for f in found} == rules


def test_each_control_is_a_rule() -> None:
    entries = index()
    for control in pod_security.rules_of(RESTRICTED):
        assert entries[control].category.value == "security"
    assert set(pod_security.rules_of(BASELINE)) < set(pod_security.rules_of(RESTRICTED))


contexts = st.fixed_dictionaries(
    {},
    optional={
        "privileged": st.booleans(),
        "allowPrivilegeEscalation": st.booleans(),
        "runAsNonRoot": st.booleans(),
        "runAsUser": st.integers(0, 2),
        "procMount": st.sampled_from(["Default", "Unmasked"]),
        "capabilities": st.fixed_dictionaries(
            {},
            optional={
                "add": st.lists(st.sampled_from(["CHOWN", "SYS_ADMIN", "NET_BIND_SERVICE"])),
                "drop": st.lists(st.sampled_from(["ALL", "NET_RAW"])),
            },
        ),
        "seccompProfile": st.sampled_from([{"type": "Unconfined"}, {"type": "RuntimeDefault"}, {}, None]),
    },
)
pods = st.fixed_dictionaries(
    {
        "containers": st.lists(
            st.fixed_dictionaries({"name": st.just("c")}, optional={"securityContext": contexts}), max_size=3
        )
    },
    optional={
        "hostUsers": st.booleans(),
        "hostPID": st.booleans(),
        "os": st.sampled_from([{"name": "linux"}, {"name": "windows"}]),
        "securityContext": contexts,
        "volumes": st.lists(
            st.sampled_from([{"name": "v", "hostPath": {"path": "/"}}, {"name": "v"}, {"name": "v", "nfs": {}}, None])
        ),
    },
)


@given(pods, st.integers(25, 37))
def test_restricted_holds_all_of_baseline_but_what_windows_is_spared(spec: dict[str, Any], minor: int) -> None:
    baseline = {(v.control, v.path) for v in violations(spec, {}, BASELINE, minor)}
    restricted = {(v.control, v.path) for v in violations(spec, {}, RESTRICTED, minor)}
    if (spec.get("os") or {}).get("name") == "windows":
        baseline = {
            v for v in baseline if v[0] not in ("pod-security-capabilities-added", "pod-security-seccomp-unconfined")
        }
    assert baseline <= restricted


@given(pods, st.integers(25, 37))
def test_no_field_is_told_twice(spec: dict[str, Any], minor: int) -> None:
    paths = [v.path for v in violations(spec, {}, RESTRICTED, minor)]
    assert len(paths) == len(set(paths))
