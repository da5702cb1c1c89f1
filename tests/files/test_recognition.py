"""What is a manifest, what is a placeholder, and what Flux fills in."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.lint.engine import Text, check_texts
from kubetrial.lint.files import placeholder, recognition
from kubetrial.lint.files.left import Left
from kubetrial.lint.files.substitution import substitutions


def known(kind: str) -> bool:
    return kind in ("Deployment", "Service")


@pytest.mark.parametrize(
    ("value", "is_object", "nearly"),
    [
        ({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}, True, True),
        ({"apiVersion": "apps/v1", "kind": "Deploymnt", "metadata": {"name": "a"}}, True, True),
        ({"apiVersion": "app/v1", "kind": "Deployment", "metadata": {"name": "a"}}, True, True),
        ({"apiVersion": "example.com/v1", "kind": "Boat"}, True, False),
        ({"apiVersion": 1, "datasources": []}, False, False),
        ({"apiVersion": "v1", "entries": {}}, False, False),
        ({"kind": "Deployment", "replicas": 1}, False, False),
        ({"kind": "Deployment", "metadata": {"name": "a"}}, False, True),
        ({"apiVersion": "v1", "metadata": {"name": "a"}}, False, True),
        ({"apiVersion": "v1alpha1", "kind": "BoatConfig", "metadata": {"name": "a"}}, False, True),
        ({"apiVersion": "v1alpha1", "kind": "Boat", "metadata": {"name": "a"}}, True, True),
        ({"apiVersion": "score.dev/v1b1", "metadata": {"name": "a"}}, False, False),
        ([1], False, False),
    ],
)
def test_the_form_of_an_object(value: Any, is_object: bool, nearly: bool) -> None:
    assert recognition.is_object(value, known) is is_object
    assert recognition.is_nearly_object(value, known) is nearly


@pytest.mark.parametrize(
    "text",
    ["$APP", "${ APP }", "<app-name>", "__APP__", "@APP@", "%APP%", "$[app]-b", "#APP#", "~APP~", "|APP|", "&APP;", "%(app)s", "<!-- app -->", "((.app))", "???", "XXX", "your_app", "TBD", "TO_BE_DEFINED", "to-be-set: TO-BE-SET", "FILLED BY THE OPERATOR", "FILLED_BY_VALIDATOR", "a-REPLACE_ME", "CHANGEME", "[YOUR_X]", "{{ app }}-b",
     "{% app %}", "$(APP)", "web:${TAG:-1}", "https://<host>/a"],
)  # fmt: skip
def test_placeholders(text: str) -> None:
    assert placeholder.placeholder(text)


@pytest.mark.parametrize(
    "text", ["App_Name", "a-b", "50%", "<svg/>", "a@b.example", "100$", "$", "key: [a]", "-- x --"]
)
def test_no_placeholders(text: str) -> None:
    assert placeholder.placeholder(text) is None


def test_lists_are_taken_apart_as_deep_as_they_go() -> None:
    inner = {
        "kind": "List",
        "apiVersion": "v1",
        "items": [{"kind": "Service", "apiVersion": "v1"}, {"kind": "Service"}],
    }
    typed = {"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"data": {}}]}
    found = list(recognition.items_of({"kind": "List", "apiVersion": "v1", "items": [inner, typed, 3]}))
    assert found == [
        (("items", 0, "items", 0), {"kind": "Service", "apiVersion": "v1"}),
        (("items", 0, "items", 1), None),
        (("items", 1, "items", 0), {"kind": "ConfigMap", "apiVersion": "v1", "data": {}}),
        (("items", 2), None),
    ]
    text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: ConfigMap\n"
    checked = check_texts([Text("a.yaml", text + "    metadata: {name: a}\n    data: {size: 5}\n")])
    assert [(f.rule, f.range.start.line, f.path) for f in checked.findings] == [("value-wrong-type", 10, "data.size")]


def test_variables_of_a_container_are_no_placeholders() -> None:
    root = {
        "spec": {"containers": [{"env": [{"name": "HOME_URL"}], "args": ["${HOME_URL}", "${OTHER}", "$(HOME_URL)"]}]}
    }
    way = ("spec", "containers", 0, "args")
    assert [placeholder.at(root, (*way, n), root["spec"]["containers"][0]["args"][n]) for n in range(3)] == [  # type: ignore[index]
        None,
        "${OTHER}",
        None,
    ]


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps, postBuild: {substitute: {SIZE: "three", COUNT: "2"}}}
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${WHAT}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1"}]}
"""


@pytest.mark.parametrize(("name", "wrong"), [("SIZE", 1), ("COUNT", 0), ("ELSE:=four", 1), ("ELSE:=4", 0), ("ELSE", 0)])
def test_what_flux_fills_in_is_judged(name: str, wrong: int) -> None:
    texts = [Text("flux.yaml", FLUX), Text("apps/web.yaml", WEB.replace("WHAT", name))]
    found = [f for f in check_texts(texts).findings if f.rule == "value-wrong-type"]
    assert len(found) == wrong
    outside = [texts[0], Text("other/web.yaml", WEB.replace("WHAT", "SIZE"))]
    assert not [f for f in check_texts(outside).findings if f.rule == "value-wrong-type"]


def test_flux_without_anything_to_fill_in() -> None:
    assert substitutions([None, [], {"kind": "Kustomization", "apiVersion": "kustomize.toolkit.fluxcd.io/v1"}]) == ()


def test_a_chart_is_noted_once() -> None:
    left = Left()
    for name in ("c/templates/a.yaml", "c/templates/b.yaml", "other.yaml"):
        left.template(name, "Helm template")
    left.placeholder("d.yaml", "<X>")
    left.placeholder("d.yaml", "<Y>")
    notes = left.notes()
    assert [note.partition(":")[0] for note in notes] == ["c", "other.yaml", "d.yaml"]
    assert "2 documents" in notes[0]
    assert "2 values with a placeholder such as <X>" in notes[2]


def test_every_format_names_the_source_of_a_rendered_object() -> None:
    from kubetrial.lint.finding import Result, Summary
    from kubetrial.lint.report import FORMATS, render

    helm = "# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {size: 5}\n"
    built = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n  annotations:\n"
        "    config.kubernetes.io/origin: |\n      path: base/a.yaml\ndata: {size: 5}\n"
    )
    generated = built.replace("path: ", "configuredBy: {kind: ConfigMapGenerator}\n      configuredIn: ")
    for text, source in ((helm, "web/templates/a.yaml"), (built, "base/a.yaml"), (generated, "base/a.yaml")):
        checked = check_texts([Text("<stdin>", text)])
        result = Result(tuple(checked.findings), (), Summary(errors=1), {"<stdin>": text})
        for name in FORMATS:
            assert source in "".join(render(name, result)), name


@pytest.mark.parametrize(
    ("path", "minor"),
    [("deploy/k8s_before_v1_18.yaml", 17), ("manifests/kubernetes-1.14/a.yaml", 14), ("deploy/1.8+/a.yaml", None),
     ("deploy/kube-1.8+/a.yaml", None), ("deploy/k8s-1.180.yaml", None), ("disk8s/v1.9/a.yaml", None)],
)  # fmt: skip
def test_the_minor_that_a_file_is_kept_for(path: str, minor: int | None) -> None:
    assert recognition.older_minor(path) == minor


def test_what_programs_print_and_read_as_json_is_no_manifest() -> None:
    from kubetrial.lint.files import template

    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "uid": "1"},
        "spec": {},
        "status": {"phase": "Running"},
    }
    assert template.is_excerpt(pod, "src/examples/pod.json")
    assert not template.is_excerpt(pod, "src/examples/pod.yaml")
    assert not template.is_excerpt({**pod, "metadata": {"name": "a"}}, "src/examples/pod.json")
    assert recognition.is_of_programs([pod], "src/tasks.json")
    assert recognition.is_of_programs({"a": 1}, "charts/push-values.yaml")
    assert not recognition.is_of_programs([pod], "tasks.yaml")


@pytest.mark.parametrize(
    ("path", "metadata", "expected"),
    [
        ("chart/values/prod.yaml", False, True),
        ("web-values.yaml", False, True),
        ("values.prod.yml", False, True),
        ("chart/values/prod.yaml", True, False),
        ("values/traefik.yaml", True, False),
        ("traefik-values.yaml", True, False),
        ("evaluesx.yaml", False, False),
        ("deploy/web.yaml", False, False),
    ],
)
def test_values_say_a_kind_for_a_chart(path: str, metadata: bool, expected: bool) -> None:
    value = {"apiVersion": "apps/v1", "kind": "DaemonSet", "replicas": 2} | ({"metadata": {}} if metadata else {})
    assert recognition.is_values(value, path) is expected
