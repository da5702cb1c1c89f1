"""Schema folders: JSON schemas as kubeconform's users keep them, judged as an API server would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.api.custom.schema_files import completed
from kubetrial.lint.command import cli

BOAT = "apiVersion: yard.example.com/v1\nkind: Boat\nmetadata: {name: one}\nspec: "
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "boats.yard.example.com"},
    "spec": {
        "group": "yard.example.com",
        "names": {"kind": "Boat", "plural": "boats"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}},
                    }
                },
            }
        ],
    },
}


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Checks a Boat with this spec against a schema for specs; gives (rule, path) of what is found."""
    monkeypatch.chdir(tmp_path)

    def run(spec: str, schema: Any, whole: bool = False, **others: Any) -> list[tuple[str, str]]:
        folder = tmp_path / "schemas" / "yard.example.com"
        folder.mkdir(parents=True, exist_ok=True)
        written = schema if whole else {"type": "object", "properties": {"spec": schema}}
        (folder / "boat_v1.json").write_text(written if isinstance(written, str) else json.dumps(written))
        for name, text in others.items():
            (folder / f"{name}.json").write_text(json.dumps(text))
        (tmp_path / "boat.yaml").write_text(BOAT + spec + "\n")
        cli.main(["check", "--schema-dir", "schemas", "--output-format", "json", "boat.yaml"])
        return [(f["rule"], f["path"]) for f in json.loads(capsys.readouterr().out)["findings"]]

    return run


SIZE = {"type": "object", "properties": {"size": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("spec", "schema", "found"),
    [
        ("{size: big}", SIZE, [("value-wrong-type", "spec.size")]),
        ("{siez: 1}", SIZE, [("field-unknown", "spec.siez")]),
        ("{size: null}", SIZE, []),
        ("{size: null}", {**SIZE, "required": ["size"]}, [("field-missing", "spec.size")]),
        ("{}", {**SIZE, "required": ["size"]}, [("field-missing", "spec.size")]),
        ("{}", {"properties": {"size": {"default": 3, "type": "integer"}}, "required": ["size"]}, []),
        ("{a: null}", {"properties": {"a": {"type": "string", "nullable": True}}, "required": ["a"]}, []),
        ("{a: null}", {"properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]}, []),
        ("{a: null}", {"properties": {"a": {"enum": ["x"], "nullable": True}}}, []),
        ("{a: 5}", {"properties": {"a": {"x-kubernetes-int-or-string": True, "type": "string"}}}, []),
        ("{a: aa}", {"properties": {"a": {"pattern": "^(?i)AA$"}}}, []),
        ("{a: b}", {"properties": {"a": {"pattern": "^[[:digit:]]$"}}}, [("value-malformed", "spec.a")]),
        ("{a: b}", {"properties": {"a": {"pattern": "^\\x{62}$"}}}, []),
        ("{a: 2}", {"properties": {"a": {"minimum": 2, "exclusiveMinimum": True}}}, [("value-out-of-range", "spec.a")]),
        ("{a: 2}", {"properties": {"a": {"minimum": 2, "exclusiveMinimum": False}}}, []),
        ("{a: 2}", {"properties": {"a": {"const": 3}}}, [("value-unsupported", "spec.a")]),
        ("{x-a: 2}", {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
         [("value-wrong-type", "spec.x-a")]),
        ("{w: 2}", {"patternProperties": {"^x-": {}}, "additionalProperties": False}, [("field-unknown", "spec.w")]),
        ("{y: 2}", {"type": "object"}, []),
        ("{y: 2, z: 1}", {"properties": {"z": {}}, "anyOf": [{"properties": {"y": {}}}]}, []),
        ("{y: 2, z: 1}", {"properties": {"z": {}}, "x-kubernetes-preserve-unknown-fields": True}, []),
        ("{list: [{siez: 1}]}", {"properties": {"list": {"type": "array", "items": SIZE}}},
         [("field-unknown", "spec.list[0].siez")]),
        ("{size: big}", {"$ref": "_definitions.json#/definitions/Spec"}, [("value-wrong-type", "spec.size")]),
        ("{next: {next: {size: big}}}", {"$ref": "_definitions.json#/definitions/Spec"}, []),
    ],
)  # fmt: skip
def test_a_schema_says_what_the_server_would(check: Any, spec: str, schema: Any, found: list[tuple[str, str]]) -> None:
    chain = {"properties": {**SIZE["properties"], "next": {"$ref": "#/definitions/Spec"}}}  # type: ignore[dict-item]
    assert check(spec, schema, _definitions={"definitions": {"Spec": chain}}) == found


@pytest.mark.parametrize(
    ("value", "schema", "rule"),
    [
        ("yesterday", {"type": "string", "format": "date-time"}, "value-malformed"),
        ('"2026-01-31T00:00:00Z"', {"type": "string", "format": "date-time"}, ""),
        ("soon", {"type": "string", "format": "date"}, "value-malformed"),
        ("10.0.0", {"type": "string", "format": "ipv4"}, "value-malformed"),
        ("x", {"type": "string", "format": "colour-of-hull"}, ""),
        ("[1]", {"x-kubernetes-int-or-string": True}, "value-wrong-type"),
        ("true", {"x-kubernetes-int-or-string": True}, "value-wrong-type"),
        ("1.5", {"x-kubernetes-int-or-string": True}, "value-wrong-type"),
        ("50%", {"x-kubernetes-int-or-string": True}, ""),
        ("null", {"x-kubernetes-int-or-string": True}, ""),
        ("3", {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}, ""),
    ],
)
def test_formats_and_numbers_or_texts(check: Any, value: str, schema: Any, rule: str) -> None:
    """As a server answers that has the definition with these fields."""
    found = check(f"{{a: {value}}}", {"type": "object", "properties": {"a": schema}})
    assert found == ([(rule, "spec.a")] if rule else [])


@pytest.mark.parametrize(
    "schema",
    ["", "{", "[]", '{"properties": []}', '{"properties": {"spec": {"properties": [1]}}}', '{"allOf": {}}', '"x"', '{"type": 3}', '{"properties": {"spec": {"pattern": "("}}}', "[" * 50_000,
     '{"properties": {"spec": {"$ref": "nowhere.json"}}}', '{"properties": {"spec": {"$ref": "https://example.com/x"}}}',
     '{"properties": {"spec": {"$ref": "../../boat.yaml"}}}', '{"properties": {"spec": {"$ref": "#/nowhere"}}}'],
)  # fmt: skip
def test_a_schema_that_cannot_be_used_is_told(check: Any, schema: str) -> None:
    assert check("{size: 1}", schema, whole=True) == [("file-unreadable", "")]


def test_a_schema_that_means_itself_ends(check: Any) -> None:
    assert check("{size: 1}", {"$ref": "#"}, whole=True) == []
    assert check("{}", {"allOf": [{"$ref": "#/properties/spec"}]}) == []


def test_a_closed_schema_knows_what_every_object_has(check: Any) -> None:
    closed = {"type": "object", "additionalProperties": False, "properties": {"spec": SIZE}}
    assert check("{size: 1}", closed, whole=True) == []


@pytest.mark.parametrize("kind", ["List", "CustomResourceDefinitionList"])
def test_a_list_of_definitions(check: Any, tmp_path: Path, kind: str) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "all.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": kind, "items": [DEFINITION]})
    )
    assert check("{size: big}", {}) == [("value-wrong-type", "spec.size")]


@pytest.mark.parametrize("make", ["", "file"])
def test_a_folder_that_is_none_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], make: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if make:
        (tmp_path / "schemas").write_text("x")
    assert cli.main(["check", "--schema-dir", "schemas", "."]) == 2
    assert "the schema folder schemas is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("", "", "no YAML or JSON file in this folder"),
        ("boat-yard-v1.yaml", "type: object\nproperties: {spec: {type: object}}\n", "ends in .json"),
    ],
)
def test_what_holds_no_schema_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    if name:
        (tmp_path / "schemas" / name).write_text(text)
    (tmp_path / "boat.yaml").write_text(BOAT + "{}\n")
    assert cli.main(["check", "--schema-dir", "schemas", "boat.yaml"]) == 1
    assert said in capsys.readouterr().out


def test_a_folder_of_linked_schemas_holds_some(check: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check("{size: 1}", SIZE)
    (tmp_path / "schemas").rename(tmp_path / "kept")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "yard.example.com").symlink_to("../kept/yard.example.com")
    (tmp_path / ".git").mkdir()
    (tmp_path / "boat.yaml").write_text(BOAT + "{size: large}\n")
    assert cli.main(["check", "--schema-dir", "schemas", "--output-format", "json", "boat.yaml"]) == 1
    assert [f["rule"] for f in json.loads(capsys.readouterr().out)["findings"]] == ["value-wrong-type"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(values, values)
def test_completing_is_done_once_it_is_done(value: Any, schema: Any) -> None:
    once = completed(value, schema)
    assert completed(once, schema) == once


@pytest.mark.parametrize("metadata", ["{}", "{namespace: shop}", "{name: ''}"])
def test_an_object_of_a_kind_of_the_folder_needs_a_name(metadata: str, check: Any, tmp_path: Path) -> None:
    check("{}", json.dumps(DEFINITION), whole=True)
    (tmp_path / "schemas" / "boats.json").write_text(json.dumps(DEFINITION))
    (tmp_path / "schemas" / "yard.example.com" / "boat_v1.json").unlink()
    (tmp_path / "boat.yaml").write_text(BOAT.replace("{name: one}", metadata) + "{size: 3}\n")
    assert cli.main(["check", "--schema-dir", "schemas", "--select", "object-name-missing", "boat.yaml"]) == 1


@pytest.mark.parametrize(
    ("schema", "good", "wrong"),
    [
        ({"dependencies": {"a": ["b"]}, "additionalProperties": True}, "{a: 1, b: 2}", "{a: 1}"),
        (
            {"dependencies": {"a": {"required": ["b"]}}, "additionalProperties": True, "type": "object"},
            "{a: 1, b: 2}",
            "{a: 1}",
        ),
        ({"properties": {"l": {"items": [{"type": "integer"}], "additionalItems": False}}}, "{l: [1]}", "{l: [1, 2]}"),
        ({"properties": {"l": {"items": [{"type": "integer"}]}}}, "{l: [1, x]}", "{l: [x]}"),
    ],
)
def test_words_of_older_drafts(schema: Any, good: str, wrong: str, check: Any) -> None:
    assert check(good, schema) == []
    assert len(check(wrong, schema)) == 1


@pytest.mark.parametrize("schema", [{"type": "object", "properties": {"spec": SIZE}}, DEFINITION])
@pytest.mark.parametrize(
    ("metadata", "rules"),
    [
        ("", ["object-name-missing"]),
        ("metadata: null\n", ["object-name-missing"]),
        ("metadata: one\n", ["value-wrong-type"]),
        ("metadata: [one]\n", ["value-wrong-type"]),
        ("metadata: {name: one}\n", []),
    ],
)
def test_an_object_of_a_kind_of_the_folder_is_one_without_metadata_too(
    metadata: str, rules: list[str], schema: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "boat_v1.json").write_text(json.dumps(schema))
    boat = tmp_path / "boat.yaml"
    boat.write_text(f"apiVersion: yard.example.com/v1\nkind: Boat\n{metadata}spec: {{size: 3}}\n")
    cli.main(["check", "--schema-dir", str(tmp_path / "schemas"), "--output-format", "json", str(boat)])
    report = json.loads(capsys.readouterr().out)
    assert (report["summary"]["documents"], [f["rule"] for f in report["findings"]]) == (1, rules)


def test_without_a_schema_what_has_no_metadata_is_for_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "ship_v1.json").write_text(json.dumps(SIZE))
    boat = tmp_path / "boat.yaml"
    boat.write_text("apiVersion: yard.example.com/v1\nkind: Boat\nspec: {size: 3}\n")
    cli.main(["check", "--schema-dir", str(tmp_path / "schemas"), "--output-format", "json", str(boat)])
    assert json.loads(capsys.readouterr().out)["summary"]["documents"] == 0
