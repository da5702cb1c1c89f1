"""Custom resources against their definitions: what the API server of Kubernetes 1.37 took and refused, measured."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.api.custom import instance
from kubetrial.lint.engine import Known, Text, check_texts
from kubetrial.lint.values import formats

TEXT: dict[str, Any] = {"type": "string"}
SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["count"],
    "properties": {
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "share": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "word": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^a"},
        "size": {"type": "string", "enum": ["A", "B"]},
        "note": {"type": "string", "nullable": True},
        "port": {"x-kubernetes-int-or-string": True},
        "at": {"type": "string", "format": "date-time"},
        "ip": {"type": "string", "format": "ipv4"},
        "small": {"type": "integer", "format": "int32"},
        "on": {"type": "boolean"},
        "raw": {"type": "string", "format": "byte"},
        "list": {
            "type": "array",
            "maxItems": 2,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["k"],
            "items": {"type": "object", "required": ["k"], "properties": {"k": TEXT}},
        },
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": TEXT},
        "map": {"type": "object", "additionalProperties": {"type": "integer"}},
        "empty": {"type": "object"},
        "kept": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"k": TEXT}},
        "any": {"x-kubernetes-preserve-unknown-fields": True},
        "free": {"type": "object", "additionalProperties": True},
        "inner": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "filled": {"type": "object", "required": ["q"], "properties": {"q": {"type": "string", "default": "z"}}},
        "one": {
            "type": "object",
            "properties": {"a": TEXT, "c": TEXT},
            "oneOf": [{"required": ["a"]}, {"required": ["c"]}],
        },
    },
}
DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "probes.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "probes", "kind": "Probe"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "required": ["spec"],
                        "properties": {
                            "spec": SPEC,
                            "status": {"type": "object", "properties": {"ok": {"type": "boolean"}}},
                        },
                    }
                },
            }
        ],
    },
}


def refused(**changes: Any) -> list[tuple[str, str]]:
    """(rule, path) of what is refused in a Probe with these fields."""
    probe = {"apiVersion": "example.com/v1", "kind": "Probe", "metadata": {"name": "a"}, "spec": {"count": 3}}
    spec = changes.pop("spec", None)
    probe["spec"] = {"count": 3, **spec} if isinstance(spec, dict) else probe["spec"]
    probe.update(changes)
    text = "---\n" + json.dumps(DEFINITION) + "\n---\n" + json.dumps(probe)
    found = check_texts([Text("probe.yaml", text)], known=Known(complete=False)).findings
    return [(f.rule, f.path) for f in found if f.document == 1 and f.category.value == "rejected"]


@pytest.mark.parametrize(
    "spec",
    [
        {"share": 1}, {"word": "ab"}, {"word": None}, {"size": None}, {"note": None}, {"port": 1}, {"port": "http"}, {"ip": "1.2.3.4"},
        {"at": "2020-01-01T00:00:00Z"}, {"raw": "YQ=="}, {"list": [{"k": "a"}]}, {"set": ["a", "b"]}, {"map": {"a": 1}}, {"empty": {}},
        {"map": {"a": None}}, {"kept": {"x": 1}}, {"any": {"a": [1, {}]}}, {"free": {"a": 1}}, {"filled": {}}, {"one": {"a": "x"}},
        {"inner": {"apiVersion": "v1", "kind": "Pod", "x": 1}},
    ],
)  # fmt: skip
def test_what_the_server_takes(spec: dict[str, Any]) -> None:
    assert refused(spec=spec) == []


@pytest.mark.parametrize(
    ("spec", "rule", "path"),
    [
        ({"count": None}, "field-missing", "spec.count"),
        ({"count": 0}, "value-out-of-range", "spec.count"),
        ({"count": "3"}, "value-wrong-type", "spec.count"),
        ({"counts": 1}, "field-unknown", "spec.counts"),
        ({"share": 0}, "value-out-of-range", "spec.share"),
        ({"word": "aaaaa"}, "value-too-long", "spec.word"),
        ({"word": "ba"}, "value-malformed", "spec.word"),
        ({"size": "C"}, "value-unsupported", "spec.size"),
        ({"port": True}, "value-wrong-type", "spec.port"),
        ({"at": "x"}, "value-malformed", "spec.at"),
        ({"ip": "1.2.3"}, "value-malformed", "spec.ip"),
        ({"small": 3_000_000_000}, "value-out-of-range", "spec.small"),
        ({"on": "true"}, "value-wrong-type", "spec.on"),
        ({"raw": "###"}, "value-malformed", "spec.raw"),
        ({"list": [{"k": "a"}, {"k": "a"}]}, "item-duplicate", "spec.list[1]"),
        ({"list": [{}]}, "field-missing", "spec.list[0].k"),
        ({"list": [None]}, "value-wrong-type", "spec.list[0]"),
        ({"list": [{"k": "a"}, {"k": "b"}, {"k": "c"}]}, "value-too-long", "spec.list"),
        ({"set": ["a", "a"]}, "item-duplicate", "spec.set[1]"),
        ({"map": {"a": "x"}}, "value-wrong-type", "spec.map.a"),
        ({"empty": {"a": 1}}, "field-unknown", "spec.empty.a"),
        ({"kept": {"k": 1}}, "value-wrong-type", "spec.kept.k"),
        ({"free": {"a": {"b": 1}}}, "field-unknown", "spec.free.a.b"),
        ({"one": {}}, "value-malformed", "spec.one"),
        ({"one": {"a": "x", "c": "y"}}, "value-malformed", "spec.one"),
    ],
)
def test_what_the_server_refuses(spec: dict[str, Any], rule: str, path: str) -> None:
    assert refused(spec=spec) == [(rule, path)]


def test_a_resource_in_a_resource_says_what_it_is() -> None:
    assert refused(spec={"inner": {}}) == [
        ("field-missing", "spec.inner.apiVersion"),
        ("field-missing", "spec.inner.kind"),
    ]


def test_a_status_that_is_dropped_is_decoded_but_not_validated() -> None:
    assert refused(status={"ok": "x"}) == []
    assert refused(status={"zz": 1}) == [("field-unknown", "status.zz")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.sampled_from(["", "a", "ab", "x y"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*SPEC["properties"], "k", "a", "zz"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_object_is_judged(value: Any) -> None:
    before = copy.deepcopy(value)
    list(instance.unknown_fields(value, SPEC))
    filled = instance.completed(value, SPEC)
    list(instance.misfits(filled, SPEC, strict=True))
    assert value == before
    assert instance.completed(filled, SPEC) == filled


def of_set(*documents: Any) -> list[tuple[int, str, str]]:
    """(document, rule, path) of what is refused in a set."""
    checked = check_texts(
        [Text("set.yaml", "---\n" + "\n---\n".join(json.dumps(each) for each in documents))],
        known=Known(complete=False),
    )
    return [(f.document, f.rule, f.path) for f in checked.findings if f.category.value == "rejected"]


PROBE = {"apiVersion": "example.com/v1", "kind": "Probe", "metadata": {"name": "a"}, "spec": {"count": 3}}


def changed(**version: Any) -> dict[str, Any]:
    """The definition with other fields of its version."""
    definition = copy.deepcopy(DEFINITION)
    definition["spec"]["versions"][0].update(version)
    return definition


def test_a_version_that_is_not_served() -> None:
    assert of_set(DEFINITION, {**PROBE, "apiVersion": "example.com/v2"}) == [(1, "kind-unknown", "apiVersion")]
    unserved = copy.deepcopy(DEFINITION)
    unserved["spec"]["versions"].append(
        {**changed()["spec"]["versions"][0], "name": "v2", "served": False, "storage": False}
    )
    assert of_set(unserved, {**PROBE, "apiVersion": "example.com/v2"}) == [(1, "kind-unknown", "apiVersion")]


def test_of_two_definitions_the_milder_one_counts() -> None:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    wrong = {**PROBE, "spec": {"count": 9}}
    assert [found for found in of_set(DEFINITION, wrong) if found[0] == 1]
    assert not [found for found in of_set(DEFINITION, changed(schema=schema), wrong) if found[0] == 2]


def test_a_number_of_replicas_below_zero() -> None:
    scaled = changed(subresources={"scale": {"specReplicasPath": ".spec.count", "statusReplicasPath": ".status.n"}})
    assert (1, "value-out-of-range", "spec.count") in of_set(scaled, {**PROBE, "spec": {"count": -1}})


SCHEMA_WORDS = (
    None,
    "",
    "a",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    ["a"],
    {"a": 1},
    [[]],
    "object",
    "self.a > 1",
    [{"rule": "self"}],
)


@given(st.data())
def test_no_schema_makes_the_check_fail(data: st.DataObject) -> None:
    """Whatever a definition says, its resources are checked or left alone."""
    definition = copy.deepcopy(DEFINITION)
    inner: Any = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    while True:
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))))
        if not isinstance(inner[key], (dict, list)) or not inner[key] or data.draw(st.booleans()):
            inner[key] = data.draw(st.sampled_from(SCHEMA_WORDS))
            break
        inner = inner[key]
    probe = {
        **PROBE,
        "spec": {"count": 3, "list": [{"k": "a"}], "map": {"a": 1}, "inner": {"kind": "Pod"}, "word": "ab"},
    }
    text = json.dumps(definition) + "\n---\n" + json.dumps(probe)
    assert not check_texts([Text("set.yaml", text)], known=Known(complete=False)).internal_error


def test_base64_may_be_as_long_as_a_file() -> None:
    texts = ("AAAA" * 50_000, "AB==", "ABC=", "", "A===", "ABC", "AB=A", "AB====", "A-CD")
    assert [bool(formats.fits("byte", text)) for text in texts] == [True, True, True, *[False] * 6]
