"""The quick answer of whether values fit a schema never contradicts the library that explains why they do not."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.build.chart import schema_fits
from kubetrial.lint.build.chart.schema_fits import fits

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
NAMES = st.sampled_from(["a", "b", "port"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.sampled_from([0.5, 2.5]),
    st.sampled_from(["", "a", "b", "10Gi", "é"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TYPES = st.sampled_from(["array", "boolean", "integer", "null", "number", "object", "string"])
COUNT = st.integers(0, 3)


def _words(inner):
    some = st.lists(inner, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "o", "[b-p]+$"]), inner, max_size=2),
            "additionalProperties": st.one_of(st.booleans(), inner),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "items": inner,
            "enum": st.lists(SCALARS, min_size=1, max_size=3),
            "const": SCALARS,
            "anyOf": some,
            "allOf": some,
            "oneOf": some,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "propertyNames": inner,
            "uniqueItems": st.booleans(),
            "minimum": st.integers(-1, 5),
            "maximum": st.integers(-1, 5),
            "minLength": COUNT,
            "maxLength": COUNT,
            "minItems": COUNT,
            "maxItems": COUNT,
            "minProperties": COUNT,
            "maxProperties": COUNT,
            "pattern": st.sampled_from(["^a", "[0-9]+Gi", "^$"]),
            "format": st.sampled_from(["date", "uri"]),
            "description": st.just("what it is"),
            "$ref": st.sampled_from(["#/definitions/x", "#/definitions/y", "#"]),
        },
    )


SCHEMAS = st.recursive(st.just({}), _words, max_leaves=8)
DRAFTS = st.sampled_from(
    [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/schema#",
    ]
)


@settings(max_examples=400, deadline=None)
@given(SCHEMAS, SCHEMAS, SCHEMAS, DRAFTS, VALUES)
def test_it_agrees_with_the_library_where_it_answers(schema, one, other, draft, value):
    whole = {**schema, "$schema": draft, "definitions": {"x": one, "y": other}}
    answer = fits(whole, value)
    if answer is not None:
        kind = jsonschema.validators.validator_for(whole, default=jsonschema.Draft202012Validator)
        assert kind(whole).is_valid(value) is answer


@pytest.mark.parametrize(
    ("schema", "value", "answer"),
    [
        ({"type": "integer"}, 3, True),
        ({"type": "integer"}, True, False),
        ({"enum": [1]}, True, False),
        ({"type": "object", "properties": {"a": {"type": "text"}}}, {}, None),
        ({"$ref": "other.json"}, {}, None),
        ({"$ref": "#/nowhere"}, {}, None),
        ({"$ref": "#"}, {}, None),
        ({"properties": {"a": {"format": "ipv4"}}}, {"a": "x"}, None),
        ({"unevaluatedProperties": False}, {}, None),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "required": []}, {}, None),
        ({"pattern": "(?<x>a"}, "a", None),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "not": {"const": 1}}, 2, False),
        ({"$schema": "http://json-schema.org/draft-06/schema#", "not": {"if": True, "then": False}}, 2, False),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "if": 7}, 2, True),
        ({"required": []}, {}, True),
        ({"required": ["a", "a"]}, {}, None),
        ({"properties": {"a": {"$schema": "http://json-schema.org/schema#", "type": "string"}}}, {"a": 1}, False),
        ({"$schema": DRAFT_7, "properties": {"a": {"$id": "#/properties/a", "type": "string"}}}, {"a": 1}, False),
        ({"$schema": DRAFT_7, "items": {"$id": "#x"}, "not": {"$id": "#x"}}, 1, None),
        ({"$schema": DRAFT_7, "items": {"$id": "other.json"}}, [], None),
        ({"items": {"$id": "#/items"}}, [], None),
        ([], {}, None),
    ],
)
def test_answers(schema, value, answer):
    assert fits(schema, value) is answer


def test_what_references_lead_to_is_looked_into_once(monkeypatch):
    looked = []
    plain = schema_fits.is_plain
    monkeypatch.setattr(schema_fits, "is_plain", lambda schema, *whole: looked.append(1) or plain(schema))
    schema = {"items": {"$ref": "#/definitions/x"}, "definitions": {"x": {"type": "integer"}}}
    assert fits(schema, [1] * 50) is True
    assert len(looked) == 2


@pytest.mark.parametrize("more", [{}, {"additionalProperties": False}])
def test_many_names_and_many_patterns_end(more):
    schema = {"patternProperties": {f"^a{number}": {} for number in range(400)}, **more}
    assert fits(schema, {f"a{number}": 1 for number in range(400)}) is None
