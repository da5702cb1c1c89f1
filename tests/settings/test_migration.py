"""The table of other linters' checks is complete and true, and their ignore annotations hold when that is asked for."""

from __future__ import annotations

import csv
from pathlib import Path
from textwrap import indent

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.engine import Choice, Text, check_texts
from kubetrial.lint.rule import index
from kubetrial.lint.settings import ignore as allow
from kubetrial.lint.settings import migration
from kubetrial.lint.settings.config import Settings

TABLE = migration.table()
LINTERS = ["kube-linter", "kube-score", "polaris", "checkov", "kubesec", "kubeconform", "pluto", "trivy", "kubescape"]


def test_every_rule_of_the_table_exists_and_every_reason_says_something() -> None:
    rules = index()
    assert list(TABLE) == LINTERS
    for linter, checks in TABLE.items():
        for check, answer in checks.items():
            if isinstance(answer, str):
                assert len(answer) > 20, (linter, check)
                assert not answer.endswith("."), (linter, check)
            else:
                assert answer, (linter, check)
                assert set(answer) <= set(rules), (linter, check)


def test_every_check_of_the_survey_is_in_the_table(shared: Path) -> None:
    survey = shared / "knowledge" / "peers-checks.tsv"
    if not survey.exists():
        pytest.skip("no survey of other linters beside this checkout")
    with open(survey, encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row[0] in LINTERS]
    assert len(rows) > 400
    assert [
        f"{row[0]}:{row[1]}" for row in rows if migration.lookup(f"{row[0]}:{row[1].rstrip('*')}", TABLE) is None
    ] == []


def test_lookup() -> None:
    assert migration.lookup("kube-linter:dangling-service") == ["service-selects-nothing"]
    assert migration.lookup("checkov:ckv_k8s_16") == ["pod-security-privileged"]
    assert isinstance(migration.lookup("kube-linter:sorted-keys"), str)
    assert migration.lookup("pluto:extensions/v1beta1/Ingress") == ["api-removed", "api-deprecated"]
    assert migration.lookup("pluto:cert-manager.io/v1alpha2/Issuer") == ["custom-api-deprecated"], (
        "the longest pattern holds"
    )
    for name in ("kube-linter:nothing", "nothing:dangling-service", "kube-linter:", "dangling-service"):
        assert migration.lookup(name) is None


def test_checks_of_trivy_in_each_of_their_forms() -> None:
    for form in ("KSV012", "KSV-0012", "AVD-KSV-0012", "ksv012", "avd-ksv-0012"):
        assert migration.lookup(f"trivy:{form}") == ["pod-security-root-allowed"]
    assert migration.lookup("trivy:AVD-KSV-01010") == ["config-map-holds-secret"]
    assert migration.lookup("trivy:KSV999") is None
    assert migration.lookup("kubescape:c-0057") == ["pod-security-privileged"]


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "kube-linter:dangling-service"]) == 0
    assert "service-selects-nothing (risky" in capsys.readouterr().out
    for word in ("AVD-KSV-0012", "KSV012", "C-0013"):
        assert cli.main(["explain", word]) == 0
        assert "pod-security-root-allowed (security" in capsys.readouterr().out
    assert cli.main(["explain", "kube-linter:sorted-keys"]) == 0
    assert "is not here: " in capsys.readouterr().out
    assert cli.main(["explain", "kube-linter:dangling-servise"]) == 2
    assert "did you mean dangling-service?" in capsys.readouterr().err
    assert cli.main(["explain", "somebody:x"]) == 2
    assert "kube-score" in capsys.readouterr().err


PODS = """\
metadata:
  name: a
  labels: {{a: b}}
  annotations:
    {key}: {value}
spec:
  hostPID: true
  containers:
    - name: a
      image: a
      securityContext:
        privileged: true
"""
POD = f"apiVersion: v1\nkind: Pod\n{PODS}"
TEMPLATE = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{{{name: a}}}}
spec:
  selector: {{{{matchLabels: {{{{a: b}}}}}}}}
  template:
{indent(PODS, "    ")}"""
BOTH = ["pod-security-host-namespaces", "pod-security-privileged"]


def silenced(text: str, honour: bool = True) -> dict[str, str]:
    checked = check_texts([Text("a.yaml", text)], choice=Choice(selected=lambda entry: entry.name in BOTH))
    settings = Settings(select=("all",), honour_foreign_ignores=honour)
    found = allow.apply(checked.findings, {"a.yaml": text}, checked.annotated, settings)
    assert {f.rule for f in found} == set(BOTH), "nothing is said about annotations of others"
    return {f.rule: f.suppressed for f in found if f.suppressed}


def test_what_the_api_server_refuses_is_not_silenced() -> None:
    text = POD.format(key="ignore-check.kube-linter.io/schema-validation", value="legacy")
    assert migration.ignores(check_texts([Text("a.yaml", text)]).annotated) == []


@pytest.mark.parametrize("manifest", [POD, TEMPLATE], ids=["object", "template"])
@pytest.mark.parametrize(
    ("key", "value", "rules", "reason"),
    [
        ("ignore-check.kube-linter.io/host-pid", "debugging", BOTH[:1], "kube-linter: debugging"),
        ("kube-linter.io/ignore-all", "legacy", BOTH, "kube-linter: legacy"),
        ("kube-score/ignore", "pod-probes, container-security-context-privileged", BOTH[1:], "kube-score"),
        ("checkov.io/skip1", "CKV_K8S_16=needs the device", BOTH[1:], "checkov: needs the device"),
        ("checkov.io/skip23", "CKV_K8S_17", BOTH[:1], "checkov"),
        ("polaris.fairwinds.com/hostPIDSet-exempt", '"true"', BOTH[:1], "polaris"),
        ("polaris.fairwinds.com/exempt", '"true"', BOTH, "polaris"),
        ("polaris.fairwinds.com/hostPIDSet-exempt", '"false"', [], ""),
        ("checkov.io/skip1", "CKV_K8S_8", [], ""),
        ("checkov.io/skip1", "[]", [], ""),
        ("kube-score/ignore", "unknown-check", [], ""),
        ("ignore-check.kube-linter.io/sorted-keys", "", [], ""),
    ],
)
def test_foreign_ignores(manifest: str, key: str, value: str, rules: list[str], reason: str) -> None:
    text = manifest.format(key=key, value=value)
    if value == "[]":
        checked = check_texts([Text("a.yaml", text)])
        assert migration.ignores(checked.annotated) == []
        return
    found = silenced(text)
    assert sorted(found) == sorted(rules)
    assert all(reason in said for said in found.values())
    assert silenced(text, honour=False) == {}
