"""Charts that a kustomization renders: the objects of the chart, with the places of templates, values and `valuesInline`."""

from __future__ import annotations

import pytest
from kubetrial.lint.build.kustomize import build
from kubetrial.lint.build.kustomized_charts import renderer
from kubetrial.lint.build.origin import Unit
from kubetrial.lint.build.tree import TextTree

CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "replicas: 1\nlist: [a, b]\nmap: {x: 1}\n",
    "charts/web/crds/thing.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n",
    "charts/web/templates/web.yaml": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n"
        "spec:\n  replicas: {{ .Values.replicas }}\n  paused: y\n  list: {{ toJson .Values.list }}\n  map: {{ toJson .Values.map }}\n"
    ),
    "charts/web/templates/test.yaml": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\n"
    ),
}


def rendered(text: str, **more: str) -> Unit:
    files = {**CHART, **{name.replace("_", "."): other for name, other in more.items()}, "kustomization.yaml": text}
    tree = TextTree({name: text.encode() for name, text in files.items()})
    return build(tree, ".", render_chart=renderer(tree))


def spec(unit: Unit) -> dict[str, object]:
    assert not [problem for problem in unit.problems if problem.fatal]
    found: dict[str, object] = next(one.value["spec"] for one in unit.objects if one.value["kind"] == "Deployment")
    return found


ENTRY = "helmCharts:\n- name: web\n  releaseName: r\n"


def test_the_objects_are_those_of_helm() -> None:
    unit = rendered(ENTRY)
    assert [one.value["kind"] for one in unit.objects] == ["Deployment", "Pod"]
    assert spec(unit) == {"replicas": 1, "paused": "y", "list": ["a", "b"], "map": {"x": 1}}
    assert unit.read >= set(CHART) - {"charts/web/crds/thing.yaml"}


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ("  includeCRDs: true\n", ["CustomResourceDefinition", "Deployment", "Pod"]),
        ("  skipTests: true\n", ["Deployment"]),
        ("  skipHooks: true\n", ["Deployment"]),
    ],
)
def test_what_is_printed_can_be_chosen(more: str, kinds: list[str]) -> None:
    assert [one.value["kind"] for one in rendered(ENTRY + more).objects] == kinds


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("override", {"replicas": 5, "paused": "y", "list": ["q"], "map": {"x": 9, "w": 8, "z": 3}}),
        ("merge", {"replicas": 7, "paused": "y", "list": ["v"], "map": {"x": 9, "w": 8, "z": 3}}),
        ("replace", {"replicas": 5, "paused": "y", "list": ["q"], "map": {"x": 1, "z": 3}}),
    ],
)
def test_values_inline_are_merged_with_the_values_file(how: str, expected: dict[str, object]) -> None:
    inline = f"  valuesFile: v.yaml\n  valuesMerge: {how}\n  valuesInline: {{replicas: 5, list: [q], map: {{z: 3}}}}\n"
    assert spec(rendered(ENTRY + inline, v_yaml="replicas: 7\nlist: [v]\nmap: {x: 9, w: 8}\n")) == expected


def test_a_value_stands_in_the_template_and_its_line_of_the_kustomization_beside_it() -> None:
    unit = rendered(ENTRY + "  valuesInline:\n    replicas: 5\n")
    built = next(one for one in unit.objects if one.value["kind"] == "Deployment")
    origin, exact = built.origin(("spec", "replicas"))
    assert exact
    assert (origin.file, origin.value.start.line) == ("charts/web/templates/web.yaml", 7)
    assert ("kustomization.yaml", 5) in [(one.file, one.value.start.line) for one in origin.via]


def test_the_namespace_is_that_of_the_kustomization_and_other_transformers_follow() -> None:
    unit = rendered("namespace: shop\nnamePrefix: p-\n" + ENTRY + "  skipTests: true\n")
    assert [one.value["metadata"] for one in unit.objects] == [{"name": "p-r", "namespace": "shop"}]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("helmCharts:\n- releaseName: r\n", "no `name`"),
        ("helmCharts:\n- {name: web, releaseName: -r}\n", "starts with a dash"),
        ("helmCharts:\n- {name: other, releaseName: r}\n", "no chart at `charts/other`"),
        ("helmCharts:\n- {name: web, valuesMerge: both}\n", "`valuesMerge` is merge, override or replace"),
        ("helmCharts:\n- {name: web, valueFile: v.yaml}\n", "`valueFile` is no field"),
        ("helmCharts:\n- {name: web, valuesFile: v.yaml}\n", "`v.yaml` is not there"),
    ],
)
def test_mistakes_are_told_at_their_line(entry: str, words: str) -> None:
    (problem,) = [problem for problem in rendered(entry).problems if problem.fatal]
    assert words in problem.message
    assert problem.origin.value.start.line == 2


def test_a_chart_that_lies_elsewhere_is_unknown_at_its_line() -> None:
    unit = rendered("helmCharts:\n- {name: other, repo: 'https://charts.example.com'}\n")
    assert [one.origin.value.start.line for one in unit.unknown] == [2]
