"""Policies of a set judge its objects as the API server would, and say nothing where only a cluster can."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubetrial.lint.api.custom import policies
from kubetrial.lint.command import cli
from kubetrial.lint.engine import Choice, Text, check_texts

POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: p}}
spec:
  matchConstraints:
    resourceRules:
      - {{operations: {operations}, apiGroups: {groups}, apiVersions: ["*"], resources: {resources}}}
    {constraints}
  validations:
    - expression: {expression}
      message: refused
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: b}}
spec:
  policyName: p
  validationActions: {actions}
---
apiVersion: v1
kind: {kind}
metadata:
  name: x
  {metadata}
"""
DEFAULTS = {
    "operations": '["*"]', "groups": '["*"]', "resources": '["*"]', "constraints": "", "expression": "object.metadata.name != 'x'",
    "actions": "[Deny]", "kind": "ConfigMap", "metadata": "",
}  # fmt: skip


def levels(**changes: str) -> list[str]:
    text = POLICY.format(**{**DEFAULTS, **changes})
    checked = check_texts(
        [Text("a.yaml", text)], choice=Choice(selected=lambda entry: entry.name == "admission-policy-violated")
    )
    assert not checked.internal_error
    return [f.level for f in checked.findings]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ["error"]),
        ({"actions": "[Warn, Audit]"}, ["warning"]),
        ({"operations": "[UPDATE]"}, []),
        ({"groups": "[apps]"}, []),
        ({"groups": '[""]', "resources": "[configmaps]"}, ["error"]),
        ({"resources": "[secrets]"}, []),
        ({"kind": "Namespace", "resources": "[namespaces]"}, ["error"]),
        (
            {
                "constraints": "excludeResourceRules: [{operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*']}]"
            },
            [],
        ),
        ({"constraints": "objectSelector: {matchLabels: {a: b}}"}, []),
        ({"constraints": "objectSelector: {matchLabels: {a: b}}", "metadata": "labels: {a: b}"}, ["error"]),
        ({"constraints": "namespaceSelector: {matchLabels: {a: b}}"}, []),  # its namespace is not known
        ({"constraints": "namespaceSelector: {matchLabels: {a: b}}", "kind": "Namespace"}, []),
        (
            {
                "constraints": "namespaceSelector: {matchLabels: {a: b}}",
                "kind": "Namespace",
                "metadata": "labels: {a: b}",
            },
            ["error"],
        ),
        ({"expression": "object.data.a == 'b'"}, []),  # no such key: the failurePolicy decides
        ({"expression": "request.operation != 'CREATE'"}, ["error"]),
        ({"expression": "request.resource.resource != 'configmaps'"}, ["error"]),
        ({"expression": "oldObject != null"}, ["error"]),
        ({"expression": "authorizer.group('').resource('pods').check('create').allowed()"}, []),
        ({"expression": "namespaceObject.metadata.name == 'y'"}, []),
        ({"expression": "1 +"}, []),
    ],
)
def test_judgement(changes: dict[str, str], found: list[str]) -> None:
    assert levels(**changes) == found


@pytest.mark.parametrize(
    ("kind", "resource"),
    [("Deployment", "deployments"), ("NetworkPolicy", "networkpolicies"), ("Ingress", "ingresses"), ("StorageClass", "storageclasses"), ("Endpoints", "endpoints"), ("Gateway", "gateways")],
)  # fmt: skip
def test_plural(kind: str, resource: str) -> None:
    assert policies.plural(kind) == resource


def test_the_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(POLICY.format(**DEFAULTS))
    assert cli.main(["check", "a.yaml", "--isolated"]) == 0
    assert cli.main(["check", "a.yaml", "--isolated", "--evaluate-policies"]) == 1
    assert "admission-policy-violated the policy p says: refused" in capsys.readouterr().out
    assert cli.main(["check", "a.yaml", "--isolated", "--evaluate-policies", "--select", "yaml-syntax"]) == 1
