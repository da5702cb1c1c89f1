"""What is wrong only for want of a value that a chart leaves to its user is counted; what its templates write is a mistake."""

from __future__ import annotations

import pytest
from kubetrial.lint.build import charts
from kubetrial.lint.build.tree import TextTree
from kubetrial.lint.build.units import Division
from kubetrial.lint.engine import Known, check_texts

from tests.manifests import DEPLOYMENT
from tests.repositories import chart_of

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: {{ .Values.image }}
    volumeMounts:
    - name: data
      mountPath: {{ .Values.path }}
  volumes:
  - name: data
    secret:
      secretName: a
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ %s }}
spec:
  selector: {app: web}
  ports:
  {{- range .Values.ports }}
  - port: {{ . }}
  {{- end }}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  {{- if .Values.host }}
  rules:
  - host: {{ .Values.host }}
  {{- end }}
"""
SCHEMA = (
    '{"anyOf": [{"properties": {"a": {"minLength": 1}}}, {"properties": {"b": {"minLength": 1}}}], "type": "object"}'
)


def checked(values: str, template: str, **more: str) -> tuple[list[str], list[str]]:
    """The rules of what is found in the only chart, and the notes about what it waits for."""
    made = {"shop/Chart.yaml": CHART, "shop/values.yaml": values, "shop/templates/web.yaml": template, **more}
    result = check_texts([], known=Known(complete=True), division=Division(chart_of(made).units))
    return [one.rule for one in result.findings], [note for note in result.notes if "values.yaml does not give" in note]


@pytest.mark.parametrize("values", ["image: a:1\npath:\n", "image: a:1\npath: ''\n", "image: a:1\n"])
def test_a_field_that_waits_for_a_value(values: str) -> None:
    rules, notes = checked(values, POD)
    assert rules == []
    assert notes == [
        "shop: 1 place needs values that values.yaml does not give: path; give them with --values or in ci/*-values.yaml"
    ]


def test_a_field_that_the_template_forgot() -> None:
    assert checked("image: a:1\n", POD.replace("{{ .Values.path }}", ""))[0] == ["field-missing"]


def test_a_value_that_is_misspelt() -> None:
    assert checked("image: a:1\npaht: /a\n", POD) == (["field-missing"], [])


def test_a_value_that_another_rendering_gives_is_not_told() -> None:
    rules, notes = checked("image: a:1\n", POD, **{"shop/ci/a-values.yaml": "path: /a\n"})
    assert (rules, notes) == ([], [])


@pytest.mark.parametrize(("name", "rules"), [
    (".Values.name", []),
    ('printf "%s-web" .Values.name', []),
    ('.Values.name | default "Web"', ["object-name-malformed"]),
    ('printf "%s-Web" .Release.Name', ["object-name-malformed"]),
])  # fmt: skip
def test_a_name_that_is_made_of_a_value(name: str, rules: list[str]) -> None:
    assert checked("ports: [80]\n", SERVICE % name)[0] == rules


def test_what_stands_behind_a_value_that_is_not_given() -> None:
    assert checked("ports: []\n", SERVICE % '"web"')[0] == []
    assert checked("host: ''\n", INGRESS)[0] == []
    assert checked("host: ''\n", INGRESS.replace("rules", "tls"))[0] == []
    assert checked("host: ''\n", INGRESS.replace(".Values.host }}\n  rules", ".Release.Old }}\n  rules"))[0] == [
        "ingress-without-rules"
    ]


def test_text_that_cannot_be_read_for_want_of_a_value() -> None:
    image = POD.replace("{{ .Values.image }}", '{{ printf "%s:%s" .Values.image .Values.tag }}')
    literal = POD.replace("{{ .Values.image }}", "{{ .Values.image }}:")
    assert checked("image: a\npath: /a\n", literal)[0] == ["chart-output-invalid"]
    rules, notes = checked("image: a\ntag: ''\npath: /a\n", image)
    assert rules == []
    assert "tag" in notes[0]


def test_a_schema_that_asks_for_one_of_two() -> None:
    assert checked("a: ''\nb: ''\n", "", **{"shop/values.schema.json": SCHEMA})[0] == []
    assert checked("a: q\nb: q\n", "", **{"shop/values.schema.json": SCHEMA.replace("1", "3")})[0] == [
        "chart-values-invalid"
    ]


def test_a_function_that_fails_for_want_of_a_value() -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: {{ .Values.password | b64enc }} }\n"
    assert checked("password:\n", secret)[0] == []
    assert checked("password: 1\n", secret)[0] == ["chart-template-invalid"]


def test_maps_that_hold_themselves_are_merged() -> None:
    template = '{{- $a := dict "n" "web" }}{{- $_ := set $a "self" $a }}{{- $b := mergeOverwrite (dict "n" "x") $a }}\n'
    assert checked("ports: [80]\n", template + SERVICE % "$b.n")[0] == []


def test_values_as_a_plain_map() -> None:
    assert checked("ports: [80]\nname: web\n", SERVICE % ".Values.AsMap.name")[0] == []


PORT = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: a:1
    ports:
    - name: %s
      containerPort: 80
"""


@pytest.mark.parametrize(("name", "rules"), [
    ("{{ .Release.Name }}-accounts", []),
    ("{{ .Release.Name }}-accounts-of-all", ["value-malformed"]),
    ("a-port-of-accounts", ["value-malformed"]),
])  # fmt: skip
def test_a_text_that_fits_with_a_shorter_release(name: str, rules: list[str]) -> None:
    assert checked("a: 1\n", PORT % name)[0] == rules


def test_a_part_of_another_chart() -> None:
    asks = PORT % "{{ .Values.port.name }}" + '    env: [{name: A, value: {{ include "around" . }}}]\n'
    more = {"Chart.yaml": CHART.replace("shop", "all"), "shop/templates/_a.tpl": '{{ define "own" }}{{ end }}'}
    assert checked("a: 1\n", asks)[0] == ["chart-template-invalid"]
    assert checked("a: 1\n", asks, **more, **{"values.yaml": "port: {name: http}\n"})[0] == []


@pytest.mark.parametrize("chart", ["name: CHART-TEMPLATE\nversion: 1.0.0\n", "name: shop\nversion: ${VERSION}\n"])
def test_a_chart_that_charts_are_made_of(chart: str) -> None:
    tree = TextTree({"shop/Chart.yaml": f"apiVersion: v2\n{chart}".encode()})
    assert charts.folders_of(tree, ["shop/Chart.yaml"]) == []


def test_files_that_templates_read_are_parts_of_the_chart() -> None:
    template = '{{ .Files.Get "policy/a.yaml" }}{{ range $path, $_ := .Files.Glob "rules/*.yaml" }}{{ end }}'
    files = {
        "shop/Chart.yaml": CHART,
        "shop/templates/a.yaml": template,
        "shop/policy/a.yaml": "",
        "shop/docs/a.yaml": "",
    }
    sources = chart_of(files).sources
    assert "shop/policy/a.yaml" in sources
    assert "shop/docs/a.yaml" not in sources


@pytest.mark.parametrize(("address", "rules"), [
    ("localhost:8080", []),
    ("https://localhost", []),
    ("shop.example.com:8080", ["ingress-host-malformed"]),
])  # fmt: skip
def test_an_address_that_only_stands_there(address: str, rules: list[str]) -> None:
    assert checked(f"host: {address}\n", INGRESS)[0] == rules


STATEFUL = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  {{- if not .Values.autoscaling }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  {{- with .Values.strategy }}
  updateStrategy:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: a:1
"""


def test_a_branch_that_follows_on_the_next_line_gives_nothing_to_a_value() -> None:
    assert "value-wrong-type" in checked("replicas: many\nstrategy: {}\n", STATEFUL)[0]


def test_a_branch_beside_a_field_that_the_template_forgot() -> None:
    forgot = POD.replace(
        "mountPath: {{ .Values.path }}", "mountPath:\n      {{- if .Values.sub }}\n      subPath: a\n      {{- end }}"
    )
    assert checked("image: a:1\nsub: ''\n", forgot)[0] == ["field-missing"]
    below = POD.replace(
        "secret:\n      secretName: a",
        "secret:\n      {{- with .Values.source }}\n      secretName: {{ . }}\n      {{- end }}",
    )
    assert checked("image: a:1\npath: /a\nsource: ''\n", below)[0] == []


NAMED = """\
{{- define "name" }}{{ $name := default .Chart.Name .Values.nameOverride }}{{ printf "%s-%s" .Release.Name $name }}{{ end }}
{{- define "image" }}{{ printf "%s:%s" .repository .tag }}{{ end -}}
"""


def test_a_name_in_which_something_stands_for_the_value() -> None:
    upper = NAMED + SERVICE % '(include "name" .) | upper'
    assert checked("ports: [80]\nnameOverride: ''\n", upper)[0] == ["object-name-malformed"]
    long = (
        NAMED
        + SERVICE
        % 'printf "%s-%s" (include "name" .) "of-a-service-that-has-a-name-that-is-far-too-long-for-any-of-them"'
    )
    assert checked("ports: [80]\nnameOverride: ''\n", long)[0] == ["object-name-malformed"]


def test_a_text_that_a_helper_makes_of_what_it_is_given() -> None:
    image = NAMED + POD.replace(
        "{{ .Values.image }}", '{{ include "image" (dict "repository" "a" "tag" .Values.version) }}'
    )
    assert checked("version: ''\npath: /a\n", image)[0] == []


def test_what_a_chart_had_better_say_is_said_of_what_it_brings() -> None:
    resources = POD.replace(
        "    volumeMounts:", "    resources: {{ toYaml .Values.resources | nindent 6 }}\n    volumeMounts:"
    )
    workload = DEPLOYMENT + "        resources: {{ toYaml .Values.resources | nindent 10 }}\n"
    autoscaler = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
"""
    assert checked("image: a:1\npath: /a\nresources: {}\n", resources)[0] == []
    assert "autoscaler-target-without-requests" in checked("resources: {}\n", workload + autoscaler)[0]


def test_names_that_are_random_are_not_the_same() -> None:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a-{{ randAlphaNum 8 | lower }} }\ndata: {a: '%s'}\n"
    assert checked("a: 1\n", one % 1 + "---\n" + one % 2)[0] == []


def test_a_value_below_others_that_another_rendering_gives_was_not_forgotten() -> None:
    pod = POD.replace(".Values.path", ".Values.data.path")
    values = "image: a:1\ndata: {size: 1Gi}\n"
    assert checked(values, pod) == (["field-missing"], [])
    assert checked(values, pod, **{"shop/ci/a-values.yaml": "data: {path: /a}\n"}) == ([], [])


BOUND = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: {{ .Release.Namespace }}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: %s}
"""


@pytest.mark.parametrize(
    ("namespace", "rules"),
    [("shop", []), ("kube-system", ["role-binding-subject-missing"]), ("cart", ["role-binding-subject-missing"])],
)
def test_a_release_goes_into_the_namespace_that_the_chart_names(namespace: str, rules: list[str]) -> None:
    assert checked("", BOUND % namespace)[0] == rules


PRINTED = 'probe: {{ include "web.probe" . }}\n'
TESTED = {
    "shop/templates/_a.tpl": '{{ define "web.probe" }}{port: 80}{{ end }}',
    "shop/tests/probe_test.yaml": "suite: probe\n",
}


def test_a_chart_that_tests_of_templates_render() -> None:
    assert checked("", PRINTED, **TESTED)[0] == []
    assert checked("", PRINTED.replace("probe:", "kind: Pod\nprobe:"), **TESTED)[0]
    without = {name: text for name, text in TESTED.items() if "_test" not in name}
    assert checked("", PRINTED, **without)[0] == ["field-missing", "field-missing"]


SECRET = """\
apiVersion: v1
kind: {kind}
metadata:
  name: keys
data:
  key: {{{{ .Values.{name} | b64enc }}}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: other
"""


@pytest.mark.parametrize(("kind", "name", "rules"), [
    ("Secret", "sshKey", []),
    ("ConfigMap", "sshKey", ["chart-template-invalid"]),
])  # fmt: skip
def test_what_a_secret_holds_is_in_no_values_file(kind: str, name: str, rules: list[str]) -> None:
    assert checked("image: a:1\n", SECRET.format(kind=kind, name=name))[0] == rules


def test_an_empty_chart_file_beside_no_templates_is_no_chart() -> None:
    tree = TextTree({"docs/Chart.yaml": b"\n", "docs/index.yaml": b"", "a/Chart.yaml": b"", "a/templates/a.yaml": b""})
    assert charts.folders_of(tree, ["docs/Chart.yaml", "a/Chart.yaml"]) == ["a"]


INIT = """{{- define "init" }}{{ if not ._x }}{{ $_ := set . "_x" dict }}{{ $_ = required "name the cluster" .Values.name }}
{{- $_ = set . "_x" (dict "size" 1) }}{{ end }}{{ end -}}
"""
USING = '{{ include "init" . }}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {size: {{ ._x.size | int | add 1 | quote }}}\n'
LATER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {size: {{ ._y.size | quote }}}\n"


def test_what_an_unfinished_template_had_set_is_gone() -> None:
    more = {"shop/templates/_init.tpl": INIT, "shop/templates/zz.yaml": USING, "shop/templates/zzz.yaml": LATER}
    assert checked("image: a:1\n", USING, **more)[0] == []
    assert checked("image: a:1\nname: x\n", USING, **more)[0] == ["chart-template-invalid"]


@pytest.mark.parametrize("text", ["uuidv4", 'uuidv4 | replace "-" ""', "uuidv4 | trunc 8"])
def test_a_random_name_is_no_number(text: str) -> None:
    assert (
        checked("a: 1\n", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{k: {{{{ {text} }}}}}}\n")[0]
        == []
    )
