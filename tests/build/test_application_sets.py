"""What an ApplicationSet of Argo CD makes of its repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.build import application_sets, gitops
from kubetrial.lint.build.tree import FolderTree
from kubetrial.lint.yaml.source import read

from tests.manifests import WORKLOAD
from tests.repositories import findings_in, written

FILES = {
    "apps/shop/kustomization.yaml": "resources: []\n",
    "apps/bank/web.yaml": "",
    "apps/.hidden/web.yaml": "",
    "apps/old/web.yaml": "",
    "clusters/eu/west/config.json": '{"cluster": {"name": "west", "size": 3}, "tier": "gold"}',
    "clusters/eu/east/config.yaml": "cluster: {name: east, size: 1}\ntier: iron\n",
    "clusters/us/config.yaml": "[{tier: tin, cluster: {name: us}}]\n",
}
FOLDERS = "{git: {repoURL: any, directories: [{path: apps/*}, {path: apps/old, exclude: true}]}}"


def made(folder: Path, spec: str, text: str) -> list[str]:
    """A text of the template of an ApplicationSet, filled in for each of its Applications."""
    written(folder, FILES)
    (document,) = read("set.yaml", spec).documents
    return [one.text(text) for one in application_sets.fillings(document.value, FolderTree(str(folder)))]


@pytest.mark.parametrize(
    ("spec", "text", "texts"),
    [
        ("generators: [{list: {elements: [{a: x}, {a: w}]}}]", "on {{ a }} of {{b}}", ["on x of {{b}}", "on w of {{b}}"]),
        ("generators: [{list: {elementsYaml: '[{a: x}]'}}]", "{{a}}", ["x"]),
        (f"generators: [{FOLDERS}]", "{{path}} {{path.basename}} {{path[0]}}", ["apps/bank bank apps", "apps/shop shop apps"]),
        (f"{{goTemplate: true, generators: [{FOLDERS}]}}", "{{ .path.basename | upper }}", ["BANK", "SHOP"]),
        (f"{{goTemplate: true, generators: [{FOLDERS}]}}", "{{ index .path.segments 1 }}", ["bank", "shop"]),
        (
            f"{{goTemplate: true, generators: [{FOLDERS}]}}",
            "{{ .path.path }} on {{ .server }}",
            ["{{ .path.path }} on {{ .server }}"] * 2,
        ),
        (
            "generators: [{git: {files: [{path: 'clusters/**/config.*'}]}}]",
            "{{path.filename}} {{cluster.size}} {{tier}}",
            ["config.yaml 1 iron", "config.json 3 gold", "config.yaml {{cluster.size}} tin"],
        ),
        (
            "{goTemplate: true, generators: [{git: {files: [{path: 'clusters/*'}, {path: clusters/us/*, exclude: true}]}}]}",
            "{{ .cluster.name }} {{ .path.basenameNormalized }}",
            ["east east", "west west"],
        ),
        (
            "generators: [{git: {directories: [{path: apps/shop}], pathParamPrefix: my, values: {at: 'a-{{my.path.basename}}'}}}]",
            "{{my.path}} {{values.at}} {{path}}",
            ["apps/shop a-shop {{path}}"],
        ),
        (
            f"generators: [{{matrix: {{generators: [{FOLDERS}, {{list: {{elements: [{{of: '{{{{path.basename}}}}-x'}}]}}}}]}}}}]",
            "{{of}}",
            ["bank-x", "shop-x"],
        ),
        (f"generators: [{{matrix: {{generators: [{FOLDERS}, {{clusters: {{}}}}]}}}}]", "{{path}}/{{name}}", ["apps/bank/{{name}}", "apps/shop/{{name}}"]),
        (
            "generators: [{merge: {mergeKeys: [a], generators: [{list: {elements: [{a: x, b: '1'}, {a: w, b: '1'}]}},"
            " {list: {elements: [{a: w, b: '2'}, {a: z, b: '3'}]}}]}}]",
            "{{a}}{{b}}",
            ["x1", "w2"],
        ),
        (
            "generators: [{list: {elements: [{a: x}, {a: w}]}, selector: {matchExpressions: [{key: a, operator: In, values: [w]}]}}]",
            "{{a}}",
            ["w"],
        ),
        ("generators: [{clusters: {selector: {}}}]", "{{name}}", ["{{name}}"]),
        ("generators: [{scmProvider: {}}, 3, {list: 5}, {matrix: {}}, {git: {directories: [5, {path: []}]}}]", "a", ["a", "a"]),
    ],
)  # fmt: skip
def test_each_generator(tmp_path: Path, spec: str, text: str, texts: list[str]) -> None:
    assert made(tmp_path, spec, text) == texts


SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all, namespace: argocd}
spec:
  generators:
  - matrix:
      generators:
      - git: {repoURL: any, directories: [{path: apps/*}]}
      - list: {elements: [{where: eu, count: "2"}, {where: us, count: "2"}]}
  template:
    metadata: {name: '{{path.basename}}-{{where}}'}
    spec:
      source:
        path: '{{path}}'
        kustomize:
          nameSuffix: -{{path.basename}}
"""
WEB = f'{WORKLOAD}      - {{name: web, image: "web:1", imagePolicy: Always}}\n'


@pytest.mark.parametrize(
    ("spec", "text", "known"),
    [
        ("generators: [{list: {elements: [{a: x}]}}]", "{{a}}{{b}}", True),  # Argo CD writes `{{b}}`
        ("generators: [{clusters: {}}]", "{{name}}", False),
        ("generators: [{matrix: {generators: [{list: {elements: [{a: x}]}}, {plugin: {}}]}}]", "{{a}}", True),
        ("generators: [{matrix: {generators: [{list: {elements: [{a: x}]}}, {plugin: {}}]}}]", "{{a}}{{b}}", False),
        ("{goTemplate: true, generators: [{plugin: {}}]}", "{{ .a }}", False),
        ("{goTemplate: true, generators: [{list: {elements: [{a: x}]}}]}", "{{ .a | quote }}", True),
        ("{goTemplate: true, generators: [{list: {elements: [{a: x}]}}]}", "{{ nosuch .a }}", False),
    ],
)
def test_what_is_known(tmp_path: Path, spec: str, text: str, known: bool) -> None:
    (document,) = read("set.yaml", spec).documents
    assert [f.knows(text) for f in application_sets.fillings(document.value, FolderTree(str(tmp_path)))] == [known]


def test_what_it_lays_over_kustomizations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "set.yaml": SET,
        "apps/shop/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/shop/web.yaml": WEB,
        "apps/bank/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/bank/web.yaml": WEB,
    }
    written(tmp_path, files)
    found = gitops.settings(files.items(), FolderTree(str(tmp_path)))
    assert [(one.name, one.folder) for one in found.applied] == [
        ("Application bank-eu", "apps/bank"),
        ("Application shop-eu", "apps/shop"),
    ]
    wrong = [f for f in findings_in(tmp_path, files, (".",), monkeypatch, capsys) if f["rule"] == "field-unknown"]
    assert [(f["file"], f["object"]["name"]) for f in wrong] == [
        ("apps/bank/web.yaml", "web-bank"),
        ("apps/shop/web.yaml", "web-shop"),
    ]


CHARTS = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: charts}
spec:
  goTemplate: true
  generators:
  - git: {repoURL: any, files: [{path: "envs/*.yaml"}]}
  template:
    metadata: {name: 'shop-{{ .env }}'}
    spec:
      destination: {namespace: '{{ .env }}'}
      source:
        path: chart
        helm:
          valueFiles: ['../values/{{ .env }}.yaml']
          values: |
            # of all
            policy: {{ .policy }}
"""


def test_what_it_installs_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "set.yaml": CHARTS,
        "envs/prod.yaml": "env: prod\npolicy: Always\n",
        "envs/dev.yaml": "env: dev\npolicy: Often\n",
        "values/prod.yaml": "replicas: many\n",
        "values/dev.yaml": "replicas: 1\n",
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": "",
        "chart/templates/web.yaml": WEB.replace(
            "spec:\n", "spec:\n  replicas: {{ required `r` .Values.replicas }}\n", 1
        ).replace("imagePolicy: Always", "imagePullPolicy: {{ .Values.policy }}"),
    }
    wrong = {
        f["path"]: f for f in findings_in(tmp_path, files, (".",), monkeypatch, capsys) if f["category"] == "rejected"
    }
    replicas, policy = wrong["spec.replicas"], wrong["spec.template.spec.containers[0].imagePullPolicy"]
    assert [(r["file"], r["range"]["start"]["line"]) for r in replicas["related"]] == [("values/prod.yaml", 1)]
    assert replicas["message"].endswith("(with Application shop-prod)")
    assert [(r["file"], r["range"]["start"]["line"]) for r in policy["related"]] == [("set.yaml", 18)]
    assert policy["object"]["namespace"] == "dev"


def test_values_that_a_plugin_gives_are_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "set.yaml": CHARTS.replace('git: {repoURL: any, files: [{path: "envs/*.yaml"}]}', "plugin: {}"),
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": "policy: Always\nreplicas: 1\n",
        "chart/templates/web.yaml": WEB.replace("imagePolicy: Always", "imagePullPolicy: {{ .Values.policy }}"),
    }
    found = findings_in(tmp_path, files, (".",), monkeypatch, capsys)
    assert [f["rule"] for f in found if f["category"] == "rejected"] == []
    wrong = {**files, "chart/values.yaml": "policy: Often\nreplicas: 1\n"}
    found = findings_in(tmp_path, wrong, (".",), monkeypatch, capsys)
    assert [f["rule"] for f in found if f["category"] == "rejected"] == ["value-unsupported"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["{{ .path.path }}", "{{path}}", "**/*", "[a"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["list", "git", "matrix", "merge", "generators", "elements", "directories", "files", "path", "values", "selector",
                         "matchLabels", "matchExpressions", "mergeKeys", "goTemplate", "pathParamPrefix", "exclude", "elementsYaml"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(anything)
def test_whatever_stands_there(spec: Any) -> None:
    tree = FolderTree("tests/fixtures-that-are-not-there")
    for value in (spec, {"generators": [spec]}, {"goTemplate": True, "generators": [spec, spec]}):
        assert all(isinstance(one.text("{{ .a }} {{b}}"), str) for one in application_sets.fillings(value, tree))
        assert all(isinstance(one, str) for one in application_sets.looked_into(value))
