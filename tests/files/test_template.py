"""Texts that are not yet manifests are recognised, and manifests that look a little like them are not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from kubetrial.lint.files.placeholder import is_blank, placeholder
from kubetrial.lint.files.template import (
    GO,
    JINJA,
    in_chart_templates,
    other_than_manifest,
    template_reason,
)
from kubetrial.lint.yaml import source

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{{- if .a -}}}\nkind: Pod\n{{{ end }}}\n", "Go template"),
        ("---\nWrite a Pod that runs nginx\nand keep its data\n", "notes with manifests in them"),
        ("kubectl get pods\nopenssl genrsa -out a.key\n a: b\n", "notes with manifests in them"),
        ("{{- if .Values.on }}\nkind: A\n{{- end }}\n", "Helm template"),
        ("name: {{ .Values.name }}\n", "Helm template"),
        ('labels:\n  {{- include "x.labels" . | nindent 4 }}\n', "Helm template"),
        ("name: {{ .Name }}\n", "Go template"),
        ("{{ range $x := .List }}\n- {{ $x }}\n{{ end }}\n", "Go template"),
        ("{% if on %}\nkind: A\n{% endif %}\n", "Jinja template"),
        ("image: {{ image }}\nports: {{ ports | to_json }}\n", "Jinja template"),
        ("image: <%= image %>\n<% if x %>\n", "ERB template"),
        ("spec:\n  ${BLOCK}\n a: 1\n", "placeholder ${VAR}"),
    ],
)
def test_templates_are_recognised(text: str, reason: str) -> None:
    assert template_reason(MANIFEST + text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "a: [unclosed\n",
        "a: 'x {{ $labels.pod }}\n",
        "summary: on {{ $labels.pod }}\nbroken: [\n",
        "text: |\n  {{ .Values.x }}\n  {% if x %}\n  ${VAR}\nbroken: [\n",
        "{{- if .Values.on }}\na: 1\n",
        "a: 1\n{{- end }}\n",
        "a: '{{ word }}\n",
        "a: ${VAR\n",
        'args: ["$(VAR)", "${VAR}"\n',
        "data:\n  run.sh: |\necho this is one\necho this is two\n",
        "Write a Pod with this\na: [\n",
        "a: b\n  c: it is a text\nd: that goes on\n",
    ],
)
def test_mistakes_stay_mistakes(text: str) -> None:
    assert template_reason(MANIFEST + text) is None


def test_blocks_may_reach_over_documents() -> None:
    first, second = "{{- if .Values.on }}\na: {{ .Values.a }}\n", "---\nb: 1\n{{- end }}\n"
    assert template_reason(first) is None
    assert template_reason(first, "", first + second) == "Helm template"


def test_what_lies_in_a_chart_is_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "charts" / "web" / "templates" / "deep").mkdir(parents=True)
    path = "charts/web/templates/deep/a.yaml"
    assert not in_chart_templates(path)
    (tmp_path / "charts" / "web" / "Chart.yaml").write_text("")
    assert in_chart_templates(path)
    assert in_chart_templates(str(tmp_path / path))
    assert not in_chart_templates("charts/web/values.yaml")
    assert template_reason("a: {{ oops", path) == "Helm template"


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("${REPLICAS}", "${REPLICAS}"),
        ("web-${ENV:-dev}.x", "${ENV:-dev}"),
        ("{{ .Values.name }}", "{{ .Values.name }}"),
        ('a-{{- include "x" . -}}', '{{- include "x" . -}}'),
        ("{{ $name }}", "{{ $name }}"),
        ("{{ if A }}x{{ end }}", "{{ if A }}"),
        ("$VAR", "$VAR"),
        ("$(VAR)", "$(VAR)"),
        ("<NAME>", "<NAME>"),
        ("{{uid}}", "{{uid}}"),
    ],
)
def test_certain_placeholders(value: str, part: str) -> None:
    assert placeholder(value) == part


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "${}",
        "${1}",
        "%25",
        "{{",
    ],
)
def test_uncertain_ones_are_judged(value: str) -> None:
    assert placeholder(value) is None


def test_what_kubernetes_expands_itself_is_no_placeholder() -> None:
    assert placeholder("a-$(NAME)") == "$(NAME)"
    assert placeholder("a-$(NAME)", expanded=True) is None
    assert placeholder("${HOME}/x", defined={"HOME"}, expanded=True) is None


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/Chart.yaml", "Helm chart file"),
        ("apiVersion: v2\nname: web\nversion: 1.0.0\n", "web/a.yaml", None),
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "a.yaml", "kustomization"),
        (
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nmetadata: {name: x}\n",
            "a.yaml",
            "kustomization",
        ),
        ("resources: [a.yaml]\n", "x/kustomization.yaml", "kustomization"),
        ("resources: [a.yaml]\n", "x/a.yaml", None),
        ("apiVersion: v1\nkind: Secret\ndata: {a: 'ENC[x]'}\nsops: {mac: x, version: 3}\n", "a.yaml", "SOPS-encrypted"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nsops: 1\n", "a.yaml", None),
        ("apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n", "a.yaml", "configuration of a tool"),
        ("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n", "a.yaml", "configuration of a tool"),
        ("apiVersion: v1\nkind: Config\nclusters: []\n", "a.yaml", "configuration of a tool"),
        ("apiVersion: skaffold/v4beta1\nkind: Config\n", "a.yaml", "configuration of a tool"),
        ("apiVersion: apps/v1\nkind: Deployment\n", "a.yaml", None),
        ("apiVersion: batch/v9\nkind: Job\n", "a.yaml", None),
        ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n", "a.yaml", None),
        ("- a\n", "a.yaml", None),
    ],
)
def test_readable_documents_that_are_no_manifests(text: str, path: str, reason: str | None) -> None:
    (document,) = source.read(path, text).documents
    assert other_than_manifest(document.value, path) == reason


def test_nothing_that_a_server_accepted_is_set_aside(shared: Path) -> None:
    """No accepted document of the recorded ones is taken for something else, and few refused ones are excused."""
    excused = 0
    with gzip.open(shared / "verdicts" / "dev.jsonl.gz", "rt") as file:
        for number, line in enumerate(file):
            if number % 10 and "{{" not in line:
                continue
            record = json.loads(line)
            read = source.read("a.yaml", record["yaml"])
            reasons = [template_reason(text, "a.yaml", record["yaml"]) for _, _, text in read.unread]
            reasons += [other_than_manifest(document.value, "a.yaml") for document in read.documents]
            if any(reasons):
                assert record["verdict"] == "rejected", record["id"]
                excused += 1
    assert excused <= 12


@pytest.mark.parametrize(
    "piece",
    [
        "{{ .",
        "${A:-",
        "{{",
        "<% ",
        "\n",
        ": ",
        "- ",
        " ",
        "\t",
        "{% if ",
        "[",
        "{{ a |",
        "{{ if x }}",
        "a: |\n",
        "{{-  ",
    ],
)
def test_hostile_texts_come_to_an_end(piece: str) -> None:
    """A pattern that looks at every pair of places would be busy for hours with a text as long as this."""
    text = "a: [{{ x\n${Y\n<%\n{%\n" + piece * 300_000
    assert template_reason(text) in (None, GO, JINJA)
    assert placeholder(text) is None or placeholder(text) in text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"NAMESPACE": None}, True),
        ({"SECRET_NAME": None}, True),
        ({"app": None}, False),
        ({"A": 1}, False),
        ({}, False),
    ],
)
def test_blanks(value: object, said: bool) -> None:
    assert is_blank(value) is said
