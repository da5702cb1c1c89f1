"""Schemas of custom resources: laws that hold for any schema, and what single words mean to the API server (measured)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.api.custom import structural
from kubetrial.lint.yaml.node import Node
from kubetrial.lint.yaml.source import read

WORDS = st.sampled_from([
    "type", "properties", "items", "additionalProperties", "required", "default", "anyOf", "allOf", "not", "enum", "pattern", "nullable",
    "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-int-or-string", "metadata",
    "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-validations", "minimum", "maxLength",
])  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["object", "array", "string", "integer", "map", "set", "a", "^["])
)


def problems(schema: Any, status: bool = False) -> list[str]:
    document = read("crd.yaml", "a: 1\n").documents[0]
    return [found.node.path for found in structural.problems(Node(document, None, "", schema), status)]


def decoded(value: Any) -> bool:
    """Whether the catalogue lets a schema through to the rules: the types of its fields outside of items are right."""
    if value.__class__ is not dict:
        return value is None
    fits = all(
        inner is None or name not in structural._FIELD_CODES or structural._fits(inner, structural._FIELD_CODES[name])
        for name, inner in value.items()
    )
    loose = ("items", "additionalProperties", "additionalItems")
    return fits and all(decoded(inner) for path, inner in structural.inner_schemas(value) if path[0] not in loose)


@given(
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=15
    ),
    st.booleans(),
)
def test_no_schema_raises(schema: Any, status: bool) -> None:
    inside = {"type": "array", "items": schema}
    problems(inside, status)
    if decoded(schema):
        problems(schema, status)


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ({"type": "object"}, []),
        ({}, ["type"]),
        ({"type": "object", "properties": {"a": {}}}, ["properties.a.type"]),
        ({"type": "object", "properties": {"a": {"x-kubernetes-int-or-string": True}}}, []),
        ({"type": "object", "properties": {"a": {"type": "array"}}}, ["properties.a.items"]),
        ({"type": "object", "properties": {"a": {"type": "array", "items": "string"}}}, ["properties.a.items"]),
        ({"type": "object", "properties": {"a": {"type": "array", "items": {"type": 1}}}}, ["properties.a.items.type"]),
        (
            {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": "x"}}},
            ["properties.a.additionalProperties"],
        ),
        ({"type": "object", "properties": {"a": {"type": "string", "default": 1}}}, ["properties.a.default"]),
        (
            {"type": "object", "properties": {"a": {"type": "string", "default": "a", "pattern": "^b"}}},
            ["properties.a.default"],
        ),
        ({"type": "object", "properties": {"a": {"type": "string", "default": None}}}, []),
        ({"type": "object", "properties": {"a": {"type": "object", "default": {"b": 1}}}}, ["properties.a.default"]),
        ({"type": "object", "additionalProperties": True}, ["additionalProperties"]),
        ({"type": "object", "anyOf": [{"required": ["a"]}]}, []),
        ({"type": "object", "anyOf": [{"properties": {"a": {"minimum": 1}}}]}, ["properties.a"]),
        (
            {"type": "object", "properties": {"a": {"type": "string", "allOf": [{"title": "x"}]}}},
            ["properties.a.allOf[0].title"],
        ),
    ],
)
def test_what_the_server_refuses(schema: Any, paths: list[str]) -> None:
    found = list(problems(schema))
    # A field that must be declared is shown where a logical word speaks of it.
    assert [path.rpartition("].")[2] if "anyOf" in path else path for path in found] == paths


def test_the_root_has_only_some_words_beside_a_status() -> None:
    schema = {"type": "object", "anyOf": [{"required": ["a"]}]}
    assert problems(schema, status=False) == []
    assert problems(schema, status=True) == ["anyOf"]


def test_no_pattern_takes_long() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "pattern": "^(a+)+$", "default": "a" * 60 + "!"}},
    }
    assert problems(schema) == ["properties.a.default"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (".a.b", ("a", "b")),
        (".m.x", ("m", "x")),
        (".a['b']", ("a", "b")),
        ("a.b", None),
        (".a.", None),
        (".a.z", None),
        (".l[0]", None),
    ],
)
def test_paths_to_fields(path: str, names: tuple[str, ...] | None) -> None:
    text = {"type": "string"}
    schema = {
        "properties": {
            "a": {"properties": {"b": text}},
            "m": {"additionalProperties": text},
            "l": {"type": "array", "items": text},
        }
    }
    found = structural.field_at(path, schema, brackets=True)
    assert (None if isinstance(found, str) else found[0]) == names
