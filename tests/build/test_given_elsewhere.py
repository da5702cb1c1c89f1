"""What a chart reads and does not bring is no mistake where other files of its repository give it."""

from __future__ import annotations

import pytest
from kubetrial.lint.build import charts
from kubetrial.lint.build.given_elsewhere import GivenElsewhere
from kubetrial.lint.build.kustomize import build
from kubetrial.lint.build.tree import TextTree

from tests.repositories import chart_of

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
WEB = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {host: {{ .Values.%s.host }} }\n"


def files(name: str, **more: str) -> dict[str, str]:
    return {"shop/Chart.yaml": CHART, "shop/templates/web.yaml": WEB % name, **more}


def tree_of(made: dict[str, str]) -> TextTree:
    return TextTree({path: text.encode() for path, text in made.items()})


def said(made: dict[str, str]) -> tuple[list[str], list[str]]:
    """The rules of the problems, and the reasons of what is not known, of the only chart."""
    (unit,) = chart_of(made).units
    return [one.rule for one in unit.problems], [one.reason for one in unit.unknown]


def test_a_value_that_nothing_gives_is_told() -> None:
    problems, unknown = said(files("ingress", **{"env/prod.values.yaml": "replicas: 2\n"}))
    assert problems == ["chart-template-invalid"]
    assert unknown == []


def test_values_files_that_the_chart_brings_for_some() -> None:
    problems, unknown = said(
        files("ingress", **{"shop/values.yaml": "", "shop/values-prod.yaml": "ingress: {host: a}\n"})
    )
    assert problems == []
    assert unknown


def test_a_chart_without_values_of_its_own_is_rendered_with_those_beside_it() -> None:
    made = files(
        "ingress", **{"shop/values-prod.yaml": "ingress: {host: a}\n", "shop/dev.values.yaml": "ingress: {host: b}\n"}
    )
    dev, prod = chart_of(made).units
    assert [(unit.name, len(unit.objects), unit.problems, unit.unknown) for unit in (dev, prod)] == [
        ("shop (dev.values.yaml)", 1, (), ()),
        ("shop (values-prod.yaml)", 1, (), ()),
    ]


@pytest.mark.parametrize("values", ["ingress: {host: a}\n", "shop:\n  ingress:\n    host: a\n"])
def test_a_value_that_the_files_of_an_environment_give_is_not_known(values: str) -> None:
    problems, unknown = said(files("ingress", **{"env/prod.values.yaml": values}))
    assert problems == []
    assert "nil pointer" in unknown[0]


def test_a_value_that_stands_in_values_yaml_as_a_comment_was_not_forgotten() -> None:
    problems, unknown = said(files("ingress", **{"shop/values.yaml": "other: {}\n#  ingress:\n"}))
    assert problems == []
    assert "nil pointer" in unknown[0]
    assert said(files("ingress", **{"shop/values.yaml": "other: {}\n# of the ingress\n"}))[0]


def test_global_values_come_from_the_chart_around() -> None:
    assert said(files("global"))[0] == []


def test_the_values_of_other_charts_and_of_the_chart_itself_say_nothing() -> None:
    other = {
        "other/Chart.yaml": CHART,
        "other/values.yaml": "ingress: {host: a}\n",
        "shop/values.yaml": "other: {}\n",
    }
    tree = tree_of(files("ingress", **other))
    assert not GivenElsewhere(tree, "shop")("ingress")
    assert not GivenElsewhere(tree, ".")("ingress")


def test_a_dependency_beside_the_chart_whose_own_is_not_there() -> None:
    needs = CHART + "dependencies:\n- {name: web, version: 1.0.0, repository: 'file://../web'}\n"
    web = (
        CHART.replace("shop", "web")
        + "dependencies:\n- {name: common, version: 1.0.0, repository: 'https://a.example'}\n"
    )
    made = {
        "shop/Chart.yaml": needs,
        "shop/templates/_own.tpl": '{{ define "own" }}a{{ end }}',
        "web/Chart.yaml": web,
        "web/templates/web.yaml": 'a: {{ include "common.name" . }}\n',
    }
    problems, unknown = said(made)
    assert problems == []
    assert any("common.name" in one for one in unknown)


def test_a_description_of_a_bundle_is_made_before_the_bundle() -> None:
    listed = "resources: [bases/shop.clusterserviceversion.yaml, web.yaml]\n"
    web = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    unit = build(tree_of({"kustomization.yaml": listed, "web.yaml": web}), ".")
    assert not unit.problems
    assert [one.reason for one in unit.unknown]


def checked(made: dict[str, str], namespace: str = "default") -> list[str]:
    from kubetrial.lint.build.units import Division
    from kubetrial.lint.engine import Known, check_texts

    tree = tree_of(made)
    found = charts.rendered(
        tree, ["shop"], lambda folder: list(charts.by_itself(tree, folder, namespace=namespace)), 37, str
    )
    return [one.rule for one in check_texts([], known=Known(complete=True), division=Division(found.units)).findings]


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, labels: {host: {{ include "host" . }} } }
spec:
  rules:
  {{- range .Values.hosts }}
  - host: {{ . }}
  {{- end }}
"""
HELPERS = '{{ define "host" }}{{ .Values.name }}.{{ .Values.domain }}{{ end }}'


@pytest.mark.parametrize(("values", "rules"), [
    ('name: ""\ndomain: ""\nhosts: []\n', []),
    ('name: ""\ndomain: ""\n', []),
    ("name: a\ndomain: b.\nhosts: [a.example]\n", ["label-malformed"]),
])  # fmt: skip
def test_what_is_made_of_empty_values_is_left_to_the_user(values: str, rules: list[str]) -> None:
    made = {
        "shop/Chart.yaml": CHART,
        "shop/values.yaml": values,
        "shop/templates/_helpers.tpl": HELPERS,
        "shop/templates/web.yaml": INGRESS,
    }
    assert checked(made) == rules


HOOK = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: web}
webhooks:
- name: web.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  clientConfig: {service: {name: web, namespace: kube-system}}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 443}]}\n"


@pytest.mark.parametrize(("namespace", "wrong"), [("default", False), ("other", True), ("kube-system", False)])
def test_a_chart_that_is_made_for_one_namespace(namespace: str, wrong: bool) -> None:
    made = {"shop/Chart.yaml": CHART, "shop/templates/hook.yaml": HOOK, "shop/templates/service.yaml": SERVICE}
    assert ("webhook-service-missing" in checked(made, namespace)) is wrong


def test_what_a_text_asks_for_that_a_template_reads_is_left_to_the_user() -> None:
    asked = 'prefix: {{ required "say where images go" .Values.prefix }}'
    reads = '{{ tpl (.Files.Get "files/a.yaml") . }}'
    problems, unknown = said({"shop/Chart.yaml": CHART, "shop/files/a.yaml": asked, "shop/templates/a.yaml": reads})
    assert problems == []
    assert unknown
