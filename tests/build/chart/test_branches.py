"""The branches that a chart's own values never take: the values that lead there, what is invented, and what stays out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.build import branch_units, charts
from kubetrial.lint.build.chart import ChartOptions, build
from kubetrial.lint.build.chart.branches import INVENTED, Way, explore, says_something, shown, written
from kubetrial.lint.build.chart.coverage import coverage, silent
from kubetrial.lint.build.said_once import merged
from kubetrial.lint.build.tree import FolderTree, TextTree
from kubetrial.lint.build.units import Division
from kubetrial.lint.engine import Known, check_texts
from kubetrial.lint.engine.checking import UNTRIED
from kubetrial.lint.report.coverage import render

HERE = Path(__file__).parent
OPTIONS = ChartOptions(capabilities="server")
CI = "branching/ci/monitor-values.yaml"


@pytest.fixture(scope="module")
def found():
    return explore(FolderTree(str(HERE)), "branching", OPTIONS, (CI,))


def _way(found, file, line_text):
    source = (HERE / "branching" / "templates" / file).read_text(encoding="utf-8")
    return found.reached.get((f"branching/templates/{file}", source.index(line_text), True))


def test_a_boolean_is_turned(found):
    way = _way(found, "autoscaler.yaml", "{{- if .Values.autoscaling")
    assert way == Way(turned=((("autoscaling", "enabled"), True),))
    assert way.words() == "autoscaling.enabled=true"


def test_a_text_becomes_what_it_is_compared_with(found):
    assert _way(found, "deployment.yaml", "{{- if eq .Values.mode").words() == "mode=debug"


def test_what_is_not_there_is_invented_and_said_to_be(found):
    way = _way(found, "deployment.yaml", "{{- with .Values.nodeSelector")
    assert way == Way(invented=((("nodeSelector",), {INVENTED: "invented-nodeselector-invented"}),))
    assert way.words() == "nodeSelector set"


def test_a_branch_within_a_branch_needs_the_values_of_both(found):
    way = _way(found, "ingress.yaml", "{{- range .Values.ingress.hosts")
    assert dict(way.turned) == {("ingress", "enabled"): True}
    assert dict(way.invented) == {
        ("ingress", "hosts"): [{"host": "invented-ingress-hosts-0-host", "path": "invented-ingress-hosts-0-path"}]
    }


def test_an_api_version_is_asked_for(found):
    assert _way(found, "monitor.yaml", "{{- if and").api_versions == ("monitoring.example.com/v1",)


def test_what_a_refusal_asks_for_is_set_too(found):
    way = _way(found, "both.yaml", "{{- if .Values.new")
    assert dict(way.turned) == {("new", "enabled"): True, ("old", "enabled"): False}
    assert dict(way.invented) == {("new", "key"): "invented-new-key"}


def test_a_values_file_of_the_chart_needs_nothing_else(found):
    assert _way(found, "deployment.yaml", "{{- if .Values.extraLabel") == Way(values_file=CI)


def test_what_no_value_reaches_is_listed(found):
    assert [(target.file, target.outcome) for target in found.unreached] == [("branching/templates/never.yaml", True)]


def test_every_way_leads_where_it_says(found):
    for key, way in found.reached.items():
        unit = branch_units.rendered(FolderTree(str(HERE)), "branching", OPTIONS, way)
        assert key in unit.facts.engine.taken


def test_ways_are_put_together_where_they_do_not_disturb_each_other(found):
    assert 1 <= len(found.variants) <= 3
    _, units = branch_units.explored(FolderTree(str(HERE)), "branching", OPTIONS, (CI,))
    for _, unit in units:
        assert not unit.problems


def test_what_an_invented_value_holds_is_known():
    _, units = branch_units.explored(FolderTree(str(HERE)), "branching", OPTIONS, ())
    seen = {}
    for variant, unit in units:
        for one in branch_units.reached(unit, unit.objects, variant.way):
            if one.value["kind"] == "Ingress":
                seen.setdefault("host", one.invents(("spec", "rules", 0, "host")))
                seen.setdefault("pathType", one.invents(("spec", "rules", 0, "http", "paths", 0, "pathType")))
                seen.setdefault("rules", one.invents(("spec", "rules")))
                seen.setdefault("kind", one.invents(("kind",)))
                origin, _ = one.origin(("spec", "rules", 0, "host"))
                assert origin.file == "branching/templates/ingress.yaml"
                assert all(not via.file.startswith("<") for via in origin.via)
    assert seen == {"host": True, "pathType": False, "rules": True, "kind": False}


def test_coverage():
    tree = FolderTree(str(HERE))
    own, ci = build(tree, "branching", OPTIONS), build(tree, "branching", ChartOptions(values_files=(CI,)))
    files = {one.file: one for one in coverage([own.facts, ci.facts])}
    deployment = files["branching/templates/deployment.yaml"]
    assert [(action.word, action.hits) for action in deployment.actions] == [
        ("", 2), ("if", 2), ("", 2), ("if", 2), ("", 1), ("if", 2), ("with", 2), ("", 0)
    ]  # fmt: skip
    assert not files["branching/templates/autoscaler.yaml"].prints
    assert silent([own.facts, ci.facts]) == 5
    search = explore(tree, "branching", OPTIONS, (CI,))
    reached = coverage([own.facts], search)
    assert [one.file for one in reached if one.is_root and not one.prints] == ["branching/templates/never.yaml"]
    assert sum(one.reached for one in reached) == sum(len(one.actions) for one in reached)


def test_coverage_reports():
    own = build(FolderTree(str(HERE)), "branching", OPTIONS)
    files = coverage([own.facts])
    text = render(files, "text")
    assert "branching/templates/autoscaler.yaml        2  1 (50 %)" in text
    assert text.endswith("1 of 6 templates print an object (17 %)\n")
    lcov = render(files, "lcov").splitlines()
    begin = lcov.index("SF:branching/templates/autoscaler.yaml")
    assert lcov[begin + 1 : begin + 9] == [
        "BRDA:1,1,0,0", "BRF:1", "BRH:0", "DA:1,1", "DA:5,0", "LF:2", "LH:1", "end_of_record"
    ]  # fmt: skip
    assert '"printing": 1' in render(files, "json")


def test_words():
    assert written(("a", "b.c", 0)) == "a.b\\.c[0]"
    assert [shown(value) for value in (None, True, 1, "x", [1], {"a": 1})] == ["null", "true", "1", "x", "[]", "{}"]
    assert not says_something("\n---\n# a\n  \n")
    assert says_something("---\na: 1")


def test_values_files_that_are_no_text_lead_nowhere(tmp_path):
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "t.yaml").write_text("{{ if .Values.a }}a: 1{{ end }}\n{{ if .Values.b }}b: 1{{ end }}\n")
    (tmp_path / "bad.yaml").write_bytes(b"a: \xff\n")
    (tmp_path / "good.yaml").write_text("a: true\n")
    found = explore(FolderTree(str(tmp_path)), ".", OPTIONS, ("bad.yaml", "good.yaml"))
    assert {way.values_file for way in found.reached.values()} == {"good.yaml", ""}


NAMES = st.sampled_from([".Values.a", ".Values.b.c", ".Values.l", ".Values.m", ".Values.no.x", "(.Values.no).x", "$"])
TESTS = st.builds(
    "{word} {name}".format, word=st.sampled_from(["if", "with", "range", "if not", 'if eq "x"']), name=NAMES
)
TEMPLATES = st.recursive(
    st.sampled_from(["a: 1\n", "{{ .Values.a }}\n", "{{ .x }}\n", '{{ fail "no" }}', "{{ toYaml .Values.m }}\n"]),
    lambda inner: st.builds("{{{{- {} }}}}\n{}{{{{- else }}}}\n{}{{{{- end }}}}\n".format, TESTS, inner, inner),
    max_leaves=6,
)


@given(TEMPLATES)
@settings(max_examples=40, deadline=None)
def test_a_search_ends_and_its_ways_hold(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("chart")
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text('a: ""\nb: {c: false}\nl: []\nm: {}\n')
    (folder / "templates" / "t.yaml").write_text(text)
    tree = FolderTree(str(folder))
    found = explore(tree, ".", OPTIONS)
    assert found is not None
    for variant in found.variants:
        unit = branch_units.rendered(tree, ".", OPTIONS, variant.way)
        assert set(variant.ways) <= unit.facts.engine.taken


PRINTED = """\
{{- $labels := fromYaml "metadata: {labels: {a: b}}" }}
{{- range .Values.more }}
---
{{ toYaml (merge (tpl . $ | fromYaml) $labels) }}
{{- end }}
{{- if .Capabilities.APIVersions.Has "batch/v1alpha1" }}
---
kind: Nothing
apiVersion: v1
{{- end }}
{{- if .Values.broken }}
---
metadata: {name: a}
kind: ConfigMap
{{- end }}
"""


def test_objects_that_invented_values_hold_and_versions_that_no_cluster_has_are_not_judged(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("more: []\nbroken: false\n")
    (tmp_path / "templates" / "t.yaml").write_text(PRINTED)
    tree = FolderTree(str(tmp_path))
    made = charts.rendered(tree, ["."], lambda folder: list(charts.by_itself(tree, folder)), 37, str, branches=True)
    result = check_texts([], known=Known(complete=True), division=Division(made.units))
    assert [(one.rule, one.range.start.line) for one in result.findings] == [("field-missing", 13)]
    assert {way.api_versions for way in made.search["."].reached.values()} == {(), ("batch/v1alpha1",)}


TOGETHER = """\
kind: Pod
apiVersion: v1
metadata: {name: a}
spec:
  containers:
  - name: a
    image: a:1
    env:
    {{- if .Values.one }}
    - {name: A, value: x}
    {{- if .Values.again }}
    - {name: A, value: z}
    {{- end }}
    {{- end }}
    {{- if .Values.other }}
    - {name: A, value: w}
    {{- end }}
    ports:
    {{- range .Values.ports }}
    - {name: {{ .name }}, containerPort: {{ .port }}{{ if eq .name "http" }}, protocol: TCP{{ end }}}
    {{- end }}
"""
PORTS = "ports: [{name: http, port: 80}, {name: grpc, port: 81}]\n"


def test_what_only_values_do_that_nobody_chose_together_is_not_told(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("one: false\nother: false\nagain: false\n" + PORTS)
    (tmp_path / "templates" / "t.yaml").write_text(TOGETHER)
    tree = FolderTree(str(tmp_path))
    made = charts.rendered(tree, ["."], lambda folder: list(charts.by_itself(tree, folder)), 37, str, branches=True)
    division = Division(made.units)
    found = merged(check_texts([], known=Known(complete=True), division=division).findings, division, None)
    assert [(one.rule, one.range.start.line) for one in found] == [("env-name-twice", 12)]


def test_what_a_branch_needs_and_the_chart_leaves_to_its_user_is_not_told(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    text = "{{ if .Values.secret.on }}\nkind: Secret\napiVersion: v1\nmetadata: {name: {{ .Values.secret.name }}}\n{{ end }}"
    (tmp_path / "templates" / "t.yaml").write_text(text)
    tree = FolderTree(str(tmp_path))
    for values, rules in (("#  name: a\n", []), ("", ["object-name-missing"])):
        (tmp_path / "values.yaml").write_text("secret:\n  on: false\n" + values)
        made = charts.rendered(tree, ["."], lambda folder: list(charts.by_itself(tree, folder)), 37, str, branches=True)
        result = check_texts([], known=Known(complete=True), division=Division(made.units))
        assert [one.rule for one in result.findings] == rules


ABSENT = """{{- if .Values.monitor }}
kind: Pod
apiVersion: v1
metadata: {name: a}
spec:
  containers: [{name: a, image: "a:1", envFrom: [{secretRef: {name: release-token}}]}]
---
kind: Secret
apiVersion: v1
metadata:
  name: release-tokens
  {{- if %s }}
  labels: a: {{ .Values.labels }}
  {{- end }}
{{- end }}
"""


@pytest.mark.parametrize(
    ("name", "test", "labels", "rules"),
    [("monitor", "false", "", ["reference-missing"]), ("existingSecret", "false", "", []),
     ("monitor", ".Values.labels", "labels: ''\n", [])],
)  # fmt: skip
def test_what_is_not_among_the_objects_is_not_concluded_from_a_branch_that_says_so(tmp_path, name, test, labels, rules):
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text(f"{name}: false\n" + labels)
    (tmp_path / "templates" / "t.yaml").write_text((ABSENT % test).replace(".Values.monitor", f".Values.{name}"))
    tree = FolderTree(str(tmp_path))
    made = charts.rendered(tree, ["."], lambda folder: list(charts.by_itself(tree, folder)), 37, str, branches=True)
    division = Division(made.units)
    found = merged(check_texts([], known=Known(complete=True), division=division).findings, division, None)
    assert [one.rule for one in found] == rules


CHECKED = {
    "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "c/values.yaml": (
        "a: false\nb: false\nhosts: [{name: x}]\npath: ''\nresources: {}\nbounded: {requests: {cpu: 1}}\n"
        "scaled: false\ncertificate: not-base64\nlicense: false\nfile: ''\nkeystore: keystore\nmade: true\n"
    ),
    "c/templates/pod.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        resources: {{- toYaml .Values.resources | nindent 10 }}
        volumeMounts:
        {{- if .Values.license }}
        - name: license
          mountPath: /license
        {{- end }}
      volumes:
      {{- if and .Values.license .Values.file }}
      - name: license
        secret: {secretName: license}
      {{- end }}
""",
}


def told(more):
    return sorted({(one.rule, one.message) for one in checked(more)[0]})


def checked(more):
    files = {**CHECKED, **more}
    tree = TextTree({path: text.encode() for path, text in files.items()})
    made = charts.rendered(
        tree, ["c"], lambda folder: list(charts.by_itself(tree, folder)), 37, str, list(files), branches=True
    )
    division = Division(made.units)
    result = check_texts([], known=Known(complete=True), division=division)
    return merged(result.findings, division, None), result.skipped


@pytest.mark.parametrize(("template", "rules"), [
    # wrong with one value alone
    ("{{ if .Values.a }}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {n: 1}\n{{ end }}", ["value-wrong-type (with a=true)"]),
    # wrong only where two are turned, which nobody chose
    (
        "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n"
        "data:\n  n: {{ if .Values.a }}x{{ end }}{{ if and .Values.a .Values.b }}: y{{ end }}\n",
        [],
    ),
    (
        "{{ $key := \"x\" }}{{ if .Values.b }}{{ $key = 1 }}{{ end }}\n"
        "{{ if .Values.a }}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {n: {{ $key }}}\n{{ end }}",
        [],
    ),
    # a value of another shape than the branch is for
    (
        "{{ if .Values.path }}\nkind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  ports: [{port: 80}]\n"
        "  externalName: {{ range .Values.hosts }}{{ . }}{{ end }}\n  type: ExternalName\n{{ end }}",
        [],
    ),
    # what is secret comes with whoever takes the branch
    (
        "{{ if .Values.a }}\nkind: Secret\napiVersion: v1\nmetadata: {name: a}\ndata: {k: {{ .Values.certificate }}}\n{{ end }}",
        [],
    ),
    # what is switched off is there already
    (
        "{{ if .Values.made }}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: made}\n---\n{{ end }}\n"
        "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    image: nginx:1.27\n"
        "    envFrom: [{configMapRef: {name: {{ if .Values.made }}made{{ else }}release-made{{ end }}}}]\n",
        [],
    ),
    # requests that the chart leaves open
    (
        "{{ if .Values.scaled }}\nkind: HorizontalPodAutoscaler\napiVersion: autoscaling/v2\nmetadata: {name: web}\nspec:\n"
        "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  minReplicas: 2\n  maxReplicas: 3\n"
        "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]\n{{ end }}",
        [],
    ),
])  # fmt: skip
def test_what_one_way_alone_shows_is_told(template, rules):
    found = [f"{rule} {message[message.find('(with') :]}" for rule, message in told({"c/templates/t.yaml": template})]
    assert found == rules


def test_what_is_held_against_no_way_alone_is_counted(monkeypatch):
    pair = "".join(
        f"{{{{ if .Values.{name} }}}}\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {{name: {name}}}\ndata: {{n: 1}}\n{{{{ end }}}}\n"
        for name in "ab"
    )
    files = {"c/templates/t.yaml": pair}
    assert len(told(files)) == 2
    assert UNTRIED not in checked(files)[1]
    monkeypatch.setattr(branch_units, "MOST_ALONE", 1)
    assert len(told(files)) == 1
    assert checked(files)[1][UNTRIED] == 1


def test_a_volume_that_an_open_value_leads_to_is_not_missed():
    assert not [rule for rule, _ in told({}) if rule == "volume-mount-without-volume"]
    forgotten = CHECKED["c/templates/pod.yaml"].replace(
        "- name: license\n        secret", "- name: lisense\n        secret"
    )
    assert [rule for rule, _ in told({"c/templates/pod.yaml": forgotten})] == ["volume-mount-without-volume"]


def test_what_is_said_holds_nothing_that_another_way_invents():
    helpers = '{{ define "name" }}{{ if .Values.path }}{{ .Values.path }}{{ else }}web{{ end }}{{ end }}'
    template = (
        '{{ if .Values.a }}\nkind: Service\napiVersion: v1\nmetadata: {name: {{ include "name" . }}}\n'
        "spec: {clusterIP: None, ports: [], externalTrafficPolicy: Local, selector: {app: web}}\n{{ end }}"
    )
    found = told({"c/templates/_helpers.tpl": helpers, "c/templates/t.yaml": template})
    assert found
    assert not [message for _, message in found if INVENTED in message]


@pytest.mark.parametrize(("helm", "plainly"), [(3, True), (4, False)])
def test_nulls_of_the_values_are_those_of_the_version_of_helm(helm, plainly):
    template = '{{ if and (hasKey .Values "gone") .Values.a }}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n{{ end }}'
    files = {**CHECKED, "c/values.yaml": "a: false\ngone:\n", "c/templates/t.yaml": template}
    tree = TextTree({path: text.encode() for path, text in files.items()})
    found = explore(tree, "c", ChartOptions(capabilities="server", helm=helm))
    assert (Way(turned=((("a",), True),)) in found.reached.values()) == plainly
