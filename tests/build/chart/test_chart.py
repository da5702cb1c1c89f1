"""Whole charts: what they apply (the texts beside them are those of helm v3.22.0), where each value was written, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.build.chart import ChartOptions, ChartUnit, build, charts, ci_values
from kubetrial.lint.build.origin import Origin
from kubetrial.lint.build.tree import FolderTree, TextTree
from kubetrial.lint.command.cli import main

HERE = Path(__file__).parent
CHART = "apiVersion: v2\nname: c\nversion: 0.1.0\n"


def built(files: dict[str, str | bytes], path: str = "c", **options: Any) -> ChartUnit:
    """The unit of a chart given as texts."""
    held = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    return build(TextTree(held), path, ChartOptions(**options))


def rendered(template: str, values: str = "", **options: Any) -> ChartUnit:
    """A chart of one template."""
    return built({"c/Chart.yaml": CHART, "c/values.yaml": values, "c/templates/t.yaml": template}, **options)


def place(origin: Origin) -> str:
    """Where a value stands."""
    return f"{origin.file}:{origin.value.start.line}:{origin.value.start.column}"


def problems(unit: ChartUnit) -> list[str]:
    return [f"{place(one.origin)}: {one.rule}: {one.message}" for one in unit.problems]


@pytest.mark.parametrize(
    ("values", "expected"), [((), "web.expected.yaml"), (("web/ci/large-values.yaml",), "web.large.expected.yaml")]
)
def test_a_chart_prints_what_helm_prints(values: tuple[str, ...], expected: str) -> None:
    unit = build(FolderTree(str(HERE)), "web", ChartOptions(values_files=values, strict=True))
    assert not unit.problems
    assert unit.text == (HERE / expected).read_text(encoding="utf-8")


WRONG = [json.loads(line) for line in (HERE / "refused.jsonl").read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.parametrize(("helm", "printed"), [("3", "printed"), ("4", "printed by 4")])
@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["name"])
def test_what_helm_refuses_is_refused_and_nothing_else(
    case: dict[str, Any], helm: str, printed: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Charts with one odd thing each, as helm v3.22.0 and v4.3.2 take them; None where they refuse them."""
    for name, text in case["files"].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    given = ["build", str(tmp_path / "c"), "--no-cache", "--helm-version", helm, *case.get("arguments", [])]
    code = main(given)
    said = capfdbinary.readouterr()
    expected = case.get(printed, case["printed"])
    assert (code == 0) == (expected is not None), said.err
    if expected is None:
        assert said.err.strip()
    else:
        assert said.out.decode().strip() == expected.strip()


SMALL = [json.loads(line) for line in (HERE / "charts.jsonl").read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.parametrize(("helm", "printed"), [(3, "printed"), (4, "printed by 4")])
@pytest.mark.parametrize("case", SMALL, ids=lambda case: " ".join(case["set"]) or "-")
def test_small_charts_print_what_helm_prints_or_are_refused_as_there(
    case: dict[str, Any], helm: int, printed: str
) -> None:
    """Aliases, conditions, tags, imports, nulls, globals, hooks, separators, ignored files… in all mixtures."""
    unit = built(case["files"], "root", sets=tuple(("set", text) for text in case["set"]), strict=True, helm=helm)
    text = case[printed]
    assert bool(unit.problems) is (text is None)
    if text is not None:
        assert sorted(unit.text.split("---\n")) == sorted(text.split("---\n"))  # charts/ has no order in Helm


@pytest.mark.parametrize(
    ("template", "values", "three", "four"),
    [
        ('{{ hasKey .Values "a" }}', "a:\n", "true", "false"),
        ("{{ .Values.m | toJson }}", "m: {a: null, b: [null]}\n", '{"a":null,"b":[null]}', '{"b":[null]}'),
        ("{{ kindOf .Chart }}", "", "struct", "map"),
        ("{{ .Chart.Name }}{{ .Chart.IsRoot }}", "", "ctrue", "ctrue"),
        ('{{ .Chart.Nothing | default "none" }}', "", None, "none"),
        ("{{ .Capabilities.HelmVersion.Version }}", "", "v3.22.0", "v4.3.2"),
        (
            "{{ .Values | toJson }}",
            "a: 1\nb: {c: 1}\n---\n# none\n---\na: 2\nb: {d: 2}\n",
            '{"a":1,"b":{"c":1}}',
            '{"a":2,"b":{"c":1,"d":2}}',
        ),
        ("{{ mustToYaml 1 }}", "", None, "1"),
    ],
)
def test_what_helm_4_does_otherwise(template: str, values: str, three: str | None, four: str) -> None:
    text = f"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: a}}\ndata:\n  b: {template}"
    for helm, expected in ((3, three), (4, four)):
        unit = rendered(text, values, helm=helm, strict=True)
        if expected is None:
            assert unit.problems
        else:
            assert f"b: {expected}\n" in unit.text


def test_a_value_of_a_later_document_stands_there() -> None:
    values = "a: one\nb: one\n---\na: two\n"
    unit = rendered("kind: A\napiVersion: v1\nb: {{ .Values.a }}\nc: {{ .Values.b }}\n", values, helm=4)
    (made,) = unit.objects
    places = [place(made.origin((name,))[0].via[0]) for name in "bc"]
    assert (made.value["b"], places) == ("two", ["c/values.yaml:4:4", "c/values.yaml:2:4"])


def test_charts_and_their_values_files_are_found() -> None:
    tree = FolderTree(str(HERE))
    assert charts(tree, ["web", "web/charts/cache", "web/templates"]) == ["web"]
    assert ci_values(tree, "web") == ["web/ci/large-values.yaml"]


WEB = build(FolderTree(str(HERE)), "web")


@pytest.mark.parametrize(
    ("name", "path", "value", "key", "via"),
    [
        ("release-web", ("kind",), "web/templates/web.yaml:3:7", "web/templates/web.yaml:3:1", []),
        ("release-web", ("metadata", "labels", "app"), "web/templates/_helpers.tpl:5:6", "web/templates/_helpers.tpl:5:1",
         ["web/templates/web.yaml:7:5 included from here"]),
        ("release-web", ("metadata", "name"), "web/templates/web.yaml:5:9", "web/templates/web.yaml:5:3",
         ["web/templates/_helpers.tpl:2:1 printed here"]),
        ("release-web", ("metadata", "labels", "version"), "web/templates/_helpers.tpl:6:10", "web/templates/_helpers.tpl:6:1",
         ["web/templates/web.yaml:7:5 included from here"]),
        ("release-web", ("spec", "replicas"), "web/templates/web.yaml:11:13", "web/templates/web.yaml:11:3",
         ["web/values.yaml:2:11 the value"]),
        ("release-web", ("spec", "template", "spec", "containers", 0, "image"), "web/templates/web.yaml:16:16",
         "web/templates/web.yaml:16:9", ["web/values.yaml:4:9 the value", "web/values.yaml:5:8 the value"]),
        ("release-web", ("spec", "template", "spec", "containers", 0, "resources", "limits", "memory"), "web/values.yaml:9:13",
         "web/values.yaml:9:5", ["web/templates/web.yaml:18:11 printed by this action"]),
        ("release-web", ("spec", "template", "spec", "containers", 0, "resources", "requests", 0), "web/values.yaml:11:5",
         "web/values.yaml:11:5", ["web/templates/web.yaml:18:11 printed by this action"]),
        ("release-web", ("spec", "template", "spec", "containers", 0, "resources"), "web/templates/web.yaml:17:9",
         "web/templates/web.yaml:17:9", ["web/values.yaml:8:3 the value"]),
        ("store", ("data", "zone"), "web/charts/cache/templates/cache.yaml:8:9", "web/charts/cache/templates/cache.yaml:8:3",
         ["web/values.yaml:14:9 the value"]),
        ("store", ("data", "size"), "web/charts/cache/templates/cache.yaml:7:9", "web/charts/cache/templates/cache.yaml:7:3",
         ["web/values.yaml:16:9 the value"]),
        ("store", ("data", "mode"), "web/charts/cache/templates/cache.yaml:6:9", "web/charts/cache/templates/cache.yaml:6:3",
         ["web/charts/cache/values.yaml:3:7 the value"]),
        ("things.example.com", ("metadata", "name"), "web/crds/thing.yaml:4:9", "web/crds/thing.yaml:4:3", []),
    ],
)  # fmt: skip
def test_each_value_knows_where_it_was_written(
    name: str, path: tuple[Any, ...], value: str, key: str, via: list[str]
) -> None:
    (found,) = [one for one in WEB.objects if one.value["metadata"]["name"] == name and one.value["kind"] != "Service"]
    origin, exact = found.origin(path)
    assert exact
    assert place(origin) == value
    at = origin.key_at or origin
    start = (at.key or at.value).start
    assert f"{at.file}:{start.line}:{start.column}" == key
    assert [f"{place(one)} {one.role}" for one in origin.via] == via


def test_an_imported_value_stands_in_the_chart_that_exports_it() -> None:
    (service,) = [one for one in WEB.objects if one.value["kind"] == "Service"]
    origin, _ = service.origin(("spec", "ports", 0, "targetPort"))
    assert [place(one) for one in origin.via] == ["web/charts/cache/values.yaml:6:11"]


def test_a_missing_field_stands_at_its_parent() -> None:
    (found,) = [one for one in WEB.objects if one.value["kind"] == "Deployment"]
    origin, exact = found.origin(("spec", "selector"))
    assert not exact
    assert place(origin) == "web/templates/web.yaml:10:1"


def test_a_hook_is_known_as_one() -> None:
    (job,) = [one for one in WEB.objects if one.value["kind"] == "Job"]
    hook: Any = job.hook  # type: ignore[attr-defined]
    assert (hook.events, hook.weight, hook.delete_policies) == (("pre-install", "pre-upgrade"), -5, ("hook-succeeded",))


def test_a_block_text_of_the_values_that_is_a_template_stands_at_its_lines() -> None:
    values = "rules: |\n  rules:\n\n  - verbs: [get]\n    name: {{ .Release.Name }}\none: '{{ .Release.Name }}'\n"
    unit = rendered(
        "kind: A\n{{ tpl .Values.rules . }}\none: {{ tpl .Values.one . }}\nplain: |\n  {{ .Values.rules | nindent 2 }}\n",
        values,
    )
    (found,) = unit.objects
    assert place(found.origin(("rules", 0, "verbs"))[0]) == "c/values.yaml:4:5"
    origin = found.origin(("rules", 0, "name"))[0]
    assert (place(origin), origin.literal) == ("c/values.yaml:5:11", False)
    assert [place(one) for one in origin.via] == ["c/templates/t.yaml:2:1"]
    assert place(found.origin(("one",))[0]) == "c/templates/t.yaml:3:6"
    assert place(found.origin(("plain",))[0]) == "c/templates/t.yaml:4:8"


def test_a_file_that_a_template_prints_stands_at_its_own_lines() -> None:
    unit = built(
        {
            "c/Chart.yaml": CHART,
            "c/files/spec.yaml": "a: 1\nname: {{ .Release.Name }}\n",
            "c/templates/t.yaml": 'kind: A\nspec:\n  {{- tpl (.Files.Get "files/spec.yaml") . | nindent 2 }}\n',
        }
    )
    (found,) = unit.objects
    assert found.value == {"kind": "A", "spec": {"a": 1, "name": "release"}}
    assert place(found.origin(("spec", "a"))[0]) == "c/files/spec.yaml:1:4"
    assert place(found.origin(("spec", "name"))[0]) == "c/files/spec.yaml:2:7"


def test_a_file_that_is_no_text_keeps_its_bytes() -> None:
    held = b"0\x82\xff\x00\xc3\xa9"
    text = "a: {{ %s | b64enc }}\nb: {{ %s | len }}\nc: {{ %s | b64enc | b64dec | sha256sum }}\n" % (
        ('.Files.Get "key.p12"',) * 3
    )
    unit = built({"c/Chart.yaml": CHART, "c/key.p12": held, "c/templates/t.yaml": "kind: A\n" + text})
    assert unit.objects[0].value == {
        "kind": "A", "a": base64.b64encode(held).decode(), "b": len(held), "c": hashlib.sha256(held).hexdigest(),
    }  # fmt: skip


def test_what_was_set_on_the_command_line_has_no_line() -> None:
    unit = rendered("kind: A\na: {{ .Values.a }}\n", "a: 1\n", sets=(("set", "a=2"),))
    origin, _ = unit.objects[0].origin(("a",))
    assert unit.objects[0].value["a"] == 2
    assert origin.via == ()
    assert place(origin) == "c/templates/t.yaml:2:4"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"c/Chart.yaml": "name: c\n"}, "c/Chart.yaml:1:1: chart-invalid: Chart.yaml has no `version`"),
        ({"c/Chart.yaml": "name: c\nversion: one\n"}, "c/Chart.yaml:2:10: chart-invalid: the version `one` is no semantic version"),
        ({"c/Chart.yaml": CHART + "type: lib\n"}, "c/Chart.yaml:4:7: chart-invalid: the type of a chart is application or library, not `lib`"),
        ({"c/Chart.yaml": CHART + "dependencies: [{name: d, alias: 'a b'}]\n"},
         "c/Chart.yaml:4:33: chart-invalid: the alias `a b` of the dependency `d` has other signs than letters, digits, `_` and `-`"),
        ({"c/Chart.yaml": CHART + "dependencies:\n- name: d\n- name: d\n"},
         "c/Chart.yaml:6:9: chart-invalid: two dependencies are called `d`; give one of them an `alias`"),
        ({"c/Chart.yaml": CHART + "dependencies:\n- name: d\n"}, "c/Chart.yaml:5:9: chart-dependency-missing: the dependency `d` is not in charts/"),
        ({"c/values.yaml": "- a\n"}, "c/values.yaml:1:1: chart-values-invalid: values.yaml holds no mapping, so that Helm refuses the chart"),
        ({"c/Chart.yaml": CHART + "kubeVersion: <1.20\n"},
         "c/Chart.yaml:4:14: chart-kube-version: the chart asks for Kubernetes `<1.20`, which v1.37.0 is not"),
        ({"c/templates/NOTES.txt": "a\n{{ fail \"no\" }}"}, "c/templates/NOTES.txt:2:4: chart-value-required: no"),
        ({"c/templates/a.yaml": "a\n{{ .Values.x.y }}"},
         "c/templates/a.yaml:2:4: chart-template-invalid: nil pointer: .Values.x is nil or not set, so it has no 'y'"),
        ({"c/templates/a.yaml": "a: b: {{ 1 }}"},
         "c/templates/a.yaml:1:5: chart-output-invalid: what the template prints cannot be applied: mapping values are not allowed here"),
        ({"c/templates/a.yaml": "{{ list 1 | toYaml }}"},
         "c/templates/a.yaml:1:1: chart-output-invalid: what the template prints cannot be applied: this is no object of Kubernetes, but a list"),
        ({"c/.helmignore": "a\n**\n"}, "c/.helmignore:2:1: chart-invalid: `**`: Helm knows no `**`; write one `*` for each folder"),
        ({"c/.helmignore": "*.md\n!README.md\n"}, "c/.helmignore:2:1: chart-invalid: this line leaves out Chart.yaml, so Helm finds no chart here"),
        ({"c/.helmignore": "a\n\n*.yaml\n"}, "c/.helmignore:3:1: chart-invalid: this line leaves out Chart.yaml, so Helm finds no chart here"),
    ],
)  # fmt: skip
def test_what_helm_refuses_is_refused_at_its_line(files: dict[str, str | bytes], said: str) -> None:
    unit = built({"c/Chart.yaml": CHART, **files}, strict=True)
    (found,) = problems(unit)
    assert found.startswith(said[: said.index("invalid: ") + 9]) if "mapping values" in said else found == said
    assert unit.objects == ()
    assert unit.text == ""


@pytest.mark.parametrize(
    ("schema", "values", "said"),
    [
        ('{"properties": {"a": {"type": "integer"}, "b": {"required": ["c"]}}}', "a: x\nb: {}\n",
         ["c/values.yaml:1:4: chart-values-invalid: `a`: `\"x\"` is not of type integer",
          "c/values.yaml:2:4: chart-values-invalid: `b`: 'c' is a required property"]),
        ('{"properties": {"a": {"type": "integer"}}}', "a: 1.0\n", []),
        ('{"additionalProperties": false, "patternProperties": {"^[a-f]+$": {}}}', "abc: 1\nxyz: 2\n",
         ["c/values.yaml:2:6: chart-values-invalid: `xyz`: the chart has no value of the name 'xyz'"]),
        ('{"properties": {"a": {"pattern": "^(a+)+$"}}}', "a: " + "a" * 40 + "!\n",
         ["c/values.yaml:1:4: chart-values-invalid: `a`: '" + "a" * 40 + "!' does not match '^(a+)+$'"]),
        ('{"properties": {"a": {"pattern": "(?=a)"}}}', "a: b\n",
         ["c/values.schema.json:1:1: chart-values-invalid: the pattern `(?=a)` of values.schema.json is none of Go's: "]),
        ('{"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}', "a: b\n",
         ["c/values.schema.json:1:1: chart-values-invalid: values.schema.json refers to itself without end, or in too many ways"]),
        ("[]", "", ["c/values.schema.json:1:1: chart-values-invalid: values.schema.json is no JSON: a schema is an object"]),
        ("false", "", ["c/values.schema.json:1:1: chart-values-invalid: "]),
        ('{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"format": "ipv4"}}}', "a: b\n",
         ["c/values.yaml:1:4: chart-values-invalid: `a`: 'b' is not a 'ipv4'"]),
    ],
)  # fmt: skip
def test_a_schema_is_said_at_the_line_of_the_value(schema: str, values: str, said: list[str]) -> None:
    found = problems(built({"c/Chart.yaml": CHART, "c/values.yaml": values, "c/values.schema.json": schema}))
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_nothing_is_fetched_for_a_schema() -> None:
    schema = '{"properties": {"a": {"$ref": "https://schemas.example.com/a.json"}}}'
    unit = built({"c/Chart.yaml": CHART, "c/values.yaml": "a: 1\n", "c/values.schema.json": schema})
    assert not unit.problems
    assert [place(one.origin) for one in unit.unknown] == ["c/values.schema.json:1:1"]


def test_many_names_and_many_patterns_of_a_schema_end() -> None:
    schema = json.dumps({"patternProperties": {f"^a{number}": {} for number in range(400)}})
    values = "".join(f"a{number}: 1\n" for number in range(400))
    unit = built({"c/Chart.yaml": CHART, "c/values.yaml": values, "c/values.schema.json": schema})
    assert not unit.problems
    assert [one.reason for one in unit.unknown] == [
        "values.schema.json holds too many names against too many patterns to be checked"
    ]


def test_without_a_dependency_the_rest_is_rendered_and_nothing_is_concluded() -> None:
    files = {
        "c/Chart.yaml": CHART + "dependencies:\n- name: d\n",
        "c/templates/a.yaml": "kind: A\nname: {{ include \"d.name\" . }}\n",
        "c/templates/b.yaml": "kind: B\n",
    }  # fmt: skip
    unit = built(files)
    assert unit.problems == ()
    assert [place(one.origin) for one in unit.unknown] == ["c/Chart.yaml:5:9", "c/templates/a.yaml:2:10"]
    assert [one.value for one in unit.objects] == [{"kind": "B"}]


def test_a_link_that_leads_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "Chart.yaml").write_text(CHART)
    (tmp_path / "c" / "link").symlink_to("../secret")
    tree = FolderTree(str(tmp_path / "c"))
    assert [one.reason for one in build(tree, ".").unknown] == [
        "`link` is a link that leads nowhere or out of the repository"
    ]
    assert not problems(build(tree, ".", ChartOptions(strict=True)))  # it takes no part
    (tmp_path / "c" / "templates").mkdir()
    (tmp_path / "c" / "templates" / "a.yaml").write_text('kind: {{ .Files.Get "link" }}')
    assert problems(build(FolderTree(str(tmp_path / "c")), ".", ChartOptions(strict=True)))
    assert not build(FolderTree(str(tmp_path)), "c", ChartOptions(strict=True)).problems
    (tmp_path / "c" / "templates" / "a.yaml").unlink()
    (tmp_path / "c" / "crds").symlink_to("../secret")
    assert problems(build(FolderTree(str(tmp_path / "c")), ".", ChartOptions(strict=True)))
    (tmp_path / "c" / "crds").unlink()
    (tmp_path / "c" / "dead").symlink_to("nowhere")
    assert problems(build(FolderTree(str(tmp_path / "c")), ".", ChartOptions(strict=True)))


def test_a_dependency_that_stands_in_the_repository_is_taken_from_there() -> None:
    files = {
        "a/Chart.yaml": CHART + "dependencies:\n- {name: b, repository: 'file://../b', version: '*'}\n",
        "a/templates/t.yaml": 'kind: A\nname: {{ include "b.name" . }}\n',
        "b/Chart.yaml": "name: b\nversion: 1.0.0\ntype: library\ndependencies:\n- {name: c, repository: 'file://../a'}\n",
        "b/templates/_b.tpl": '{{ define "b.name" }}b{{ end }}',
    }
    unit = built(files, "a")
    assert not unit.problems
    assert [one.value for one in unit.objects] == [{"kind": "A", "name": "b"}]
    assert {"b/Chart.yaml", "b/templates/_b.tpl"} <= unit.read
    assert problems(built(files, "a", strict=True)) == [
        "a/Chart.yaml:5:10: chart-dependency-missing: the dependency `b` is not in charts/"
    ]


def test_charts_that_stand_beside_one_another_are_counted_with_all_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"c/Chart.yaml": CHART + "dependencies:\n"}
    for name in ("d", "e"):
        files["c/Chart.yaml"] += f"- {{name: {name}, repository: 'file://../{name}', version: '*'}}\n"
        files |= {f"{name}/Chart.yaml": f"name: {name}\nversion: 1.0.0\n"}
        files |= {f"{name}/charts/x{number}/Chart.yaml": f"name: x{number}\nversion: 1.0.0\n" for number in range(3)}
    assert not problems(built(files))
    monkeypatch.setattr("kubetrial.lint.build.chart.load.MAX_CHARTS", 7)
    (found,) = problems(built(files))
    assert "more than 7 charts lie in one another" in found


def test_links_that_lead_in_circles_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubetrial.lint.build.chart.files.MAX_FOLDERS", 200)
    (tmp_path / "Chart.yaml").write_text(CHART)
    (tmp_path / "empty").mkdir()
    for name in ("one", "two"):
        (tmp_path / "empty" / name).symlink_to(".")
    (found,) = problems(build(FolderTree(str(tmp_path)), "."))
    assert found.endswith("do links lead in a circle?")


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A chart packed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            data = text.encode() if isinstance(text, str) else text
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return out.getvalue()


PARENT = CHART + "dependencies:\n- name: d\n  version: 1.0.0\n"


def test_an_archive_in_charts_is_a_dependency_whose_lines_stand_where_it_is_named() -> None:
    packed = archive(
        {"d/Chart.yaml": "name: d\nversion: 1.0.0\n", "d/templates/x.yaml": "kind: A\nname: {{ .Chart.Name }}\n"}
    )
    unit = built({"c/Chart.yaml": PARENT, "c/charts/d-1.0.0.tgz": packed})
    assert not unit.problems
    assert unit.text.startswith("---\n# Source: c/charts/d/templates/x.yaml\nkind: A\nname: d\n")
    origin, _ = unit.objects[0].origin(("name",))
    assert place(origin) == "c/Chart.yaml:5:9"
    assert "templates/x.yaml:2" in origin.role


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (b"no gzip", "is no archive"),
        (archive({"d/../../x": "a"}), "outside of the chart's folder"),
        (archive({"d//etc/x": "a"}), "absolute path"),
        (archive({"Chart.yaml": "a"}), "Chart.yaml lies outside"),
        (archive({f"d/{number}": "a" * (5 << 20) for number in range(21)}), "more than the 100 MiB"),
        (archive({"d/a": "a" * ((5 << 20) + 1)}), "more than the 5 MiB"),
    ],
    ids=["no gzip", "leaves", "absolute", "no folder", "bomb", "large file"],
)  # fmt: skip
def test_a_hostile_archive_is_refused_at_the_line_that_names_it(packed: bytes, said: str) -> None:
    unit = built({"c/Chart.yaml": PARENT, "c/charts/d-1.0.0.tgz": packed})
    (found,) = problems(unit)
    assert found.startswith("c/Chart.yaml:5:9: chart-invalid: c/charts/d-1.0.0.tgz")
    assert said in found


def test_many_long_templates_end_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubetrial.lint.build.chart.rendering.MOST_STEPS", 20_000)
    long = "{{ range until 100 }}{{ range until 100 }}{{ end }}{{ end }}"
    files = {f"c/templates/{number}.yaml": long for number in range(10)}
    (found,) = problems(built({"c/Chart.yaml": CHART, **files}))
    assert "not rendered" in found


@pytest.fixture
def usual_recursion_limit() -> Iterator[None]:
    """Python's own limit, whatever a command that ran before in this process has set."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("usual_recursion_limit")
def test_values_that_multiply_or_nest_end() -> None:
    nested = "a: " + "{b: " * 900 + "1" + "}" * 900
    assert problems(built({"c/Chart.yaml": CHART, "c/values.yaml": nested})) == [
        "c/Chart.yaml:1:1: chart-invalid: values or charts are nested too deep"
    ]
    many = "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (found,) = problems(built({"c/Chart.yaml": CHART, "c/values.yaml": "a: &a [x]\n" + many}))
    assert "multiply" in found


def test_archives_in_archives_end() -> None:
    inner = archive({"d/Chart.yaml": "name: d\nversion: 1.0.0\n", "d/templates/x.yaml": "a: " + "a" * (4 << 20)})
    for _ in range(4):
        held = {
            "d/Chart.yaml": b"name: d\nversion: 1.0.0\n",
            **{f"d/charts/d{number}.tgz": inner for number in range(20)},
        }
        inner = archive(held)
    (found,) = problems(built({"c/Chart.yaml": PARENT, "c/charts/d-1.0.0.tgz": inner}))
    assert "more than the" in found or "more than Helm takes" in found


def test_too_many_dependencies_are_told() -> None:
    text = CHART + "dependencies:\n" + "".join(f"- name: d{number}\n" for number in range(1001))
    assert problems(built({"c/Chart.yaml": text})) == [
        "c/Chart.yaml:5:1: chart-invalid: the chart names more than 1000 dependencies"
    ]


def test_what_a_real_server_serves_is_known_to_its_templates() -> None:
    text = 'kind: A\nold: {{ .Capabilities.APIVersions.Has "policy/v1beta1" }}\nkinds: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}\n'
    assert rendered(text).objects[0].value == {"kind": "A", "old": True, "kinds": False}
    assert rendered(text, capabilities="server").objects[0].value == {"kind": "A", "old": False, "kinds": True}


def test_the_command_prints_what_helm_prints(capfdbinary: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(HERE)
    assert main(["build", "web", "--values", "web/ci/large-values.yaml"]) == 0
    assert capfdbinary.readouterr().out.decode() == (HERE / "web.large.expected.yaml").read_text(encoding="utf-8")


def test_the_command_takes_values_as_helm_does(capsys: Any, monkeypatch: Any, tmp_path: Path) -> None:
    (tmp_path / "held").write_text("big")
    monkeypatch.chdir(HERE)
    sets = [
        "--set",
        "replicas=7",
        "--set-string",
        "image.tag=8",
        "--set-json",
        'settings={"a": [1]}',
        "--set-file",
        f"big={tmp_path}/held",
    ]
    assert main(["build", "web", "--origins", "--release-name", "mine", "--namespace", "there", *sets]) == 0
    out = capsys.readouterr().out
    assert "replicas: 7  # web/templates/web.yaml:11\n" in out
    assert "image: web:8  # web/templates/web.yaml:16\n" in out
    assert "big: big  # web/templates/settings.yaml:6\n" in out
    assert "name: mine-web" in out


def test_the_command_says_why_helm_refuses(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(HERE)
    assert main(["build", "web", "--set", "image"]) == 1
    assert (
        capsys.readouterr().err
        == "web/Chart.yaml:1:1: --set image: the key `image` has no value; write `image=VALUE`\n"
    )


LINES = st.sampled_from(
    ["name: c", "version: 1", "version: 1.0.0", "apiVersion: v2", "dependencies:", "- name: d", "  alias: e", "  condition: x", "type: []",
     "keywords: a", "annotations: {a: 1}", "kubeVersion: '>=1'", "maintainers: [null]", "{{", "a: b: c", "\t", "appVersion: 1e3"]
)  # fmt: skip


@given(st.lists(LINES, max_size=12).map("\n".join), st.lists(LINES, max_size=6).map("\n".join))
@settings(max_examples=150, deadline=None)
def test_no_chart_ends_in_a_traceback(about: str, values: str) -> None:
    files = {
        "c/Chart.yaml": about,
        "c/values.yaml": values,
        "c/templates/t.yaml": values,
        "c/charts/d/Chart.yaml": about,
    }
    for strict in (True, False):
        unit = built(dict(files), strict=strict)
        for one in unit.objects:
            for key in one.value:
                assert one.origin((key,))[1]


@pytest.mark.parametrize(
    ("form", "fitting", "others"),
    [
        ("duration", ["P1D", "PT5M", "P1W", "P1Y2M3DT4H5M6S"], ["5m", "P", "PT", "P1W2D", "P1M1Y", "p1d", ""]),
        ("uri-reference", ["a/b", "a:b", "?q=%zz", "", "//h/p", "a b"], ["a\\b", "1:2", "%zz", "http://x y/", "x\ty"]),
        (
            "uri",
            ["http://a", "mailto:a", "http://a/b c", "a:\\b"],
            ["x", "", "http://a b", "http://a/%zz", "http://a\\b"],
        ),
        ("json-pointer", ["", "/a", "/~0"], ["a", "/~2", "/~"]),
        ("relative-json-pointer", ["0", "1/a", "0#"], ["01", "#", "1#x", ""]),
        ("semver", ["1.2.3", "1.2.3-a.1+b"], ["v1.2.3", "1.2", "1.2.3-01"]),
        ("time", ["10:00:00Z", "10:00:00.5+01:00"], ["10:00Z", "24:00:00Z", "10:00:00"]),
        ("date-time", ["2020-02-29T00:00:00+01:00"], ["2021-02-30T00:00:00Z", "2021-01-01T25:00:00Z"]),
        ("email", ["a@b", "a.b@c.d", "@b", "a@[1.2.3.4]"], ["a", "a@", "a@b c", ".a@b", "a@[x]", "a@b_c"]),
    ],
)
def test_formats_of_draft_7_are_asked_as_helm_asks_them(form: str, fitting: list[str], others: list[str]) -> None:
    schema = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"format": form}}})
    for value in (*fitting, *others):
        files = {"c/Chart.yaml": CHART, "c/values.yaml": json.dumps({"a": value}), "c/values.schema.json": schema}
        assert bool(problems(built(files))) is (value in others), value
