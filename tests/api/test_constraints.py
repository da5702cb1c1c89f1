"""Every word of schemas/constraints: which values pass, which do not, at which place, and how it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.api import constraints
from kubetrial.lint.api.walk import Catalogue, check
from kubetrial.lint.objects.views import Object
from kubetrial.lint.yaml import source
from kubetrial.lint.yaml.node import Found

Entry = str | list[Any] | dict[str, Any]


def findings(fields: dict[str, Entry], value: dict[str, Any], minor: int = 37) -> list[Found]:
    """What a walk finds in a value of a type with these fields."""
    catalogue = Catalogue(minor)
    catalogue._packages["test.v1"] = {
        "test.v1.Thing": fields,
        "test.v1.Part": {"name": "s", "size": ["i", {"min": 1, "required": True}]},
    }
    document = source.read("thing.yaml", json.dumps(value, ensure_ascii=False)).documents[0]
    return check(Object(document, None, "", document.value), "test.v1.Thing", catalogue).found


def said(code: str, table: dict[str, Any], value: Any, minor: int = 37) -> list[tuple[str, str, str]]:
    """(rule, path, message) for a value of a field `f`."""
    return [(f.rule, f.node.path, f.message) for f in findings({"f": [code, table]}, {"f": value}, minor)]


GOOD = [
    ("s", {"enum": ["A", "B"]}, "A"),
    ("s", {"enum": ["A", "B"]}, ""),
    ("i", {"min": 1, "max": 3}, 1),
    ("i", {"min": 1, "max": 3}, 3),
    ("x", {"min": 1, "max": 3}, "http"),
    ("s", {"format": "dns-label"}, "web-1"),
    ("s", {"format": "dns-label"}, ""),
    ("x", {"format": "port-name"}, 80),
    ("s", {"maxLength": 4}, "éé"),
    ("[s", {"maxItems": 2}, ["a", "b"]),
    ("[s", {"unique": True}, ["a", "b"]),
    ("[test.v1.Part", {"key": "name"}, [{"name": "a", "size": 1}, {"name": "b", "size": 1}, {"size": 1}, {"size": 1}]),
    ("{s", {"keys": "qualified-name"}, {"example.com/a": "b", "c": "d"}),
    ("{s", {"each": {"format": "label-value"}}, {"a": "b", "c": ""}),
    ("[s", {"each": {"enum": ["A"]}}, ["A", "A"]),
    ("q", {"sign": "positive"}, "1m"),
    ("q", {"sign": "nonnegative"}, 0),
    ("x", {"maxPercent": 100}, "100%"),
    ("x", {"maxPercent": 100}, 101),
    ("s", {"required": "present"}, ""),
    ("s", {"required": True}, "a"),
    ("i", {"required": True}, 0),
    ("b", {"required": True}, False),
    ("s", {"forbidden": "no"}, None),
    ("y", {}, "YQ=="),
    ("y", {}, [1, None, 255]),
    ("t", {}, "2026-01-02T03:04:05Z"),
    ("*", {}, {"a": [1]}),
    ("l", {}, 2**63 - 1),
]


@pytest.mark.parametrize(("code", "table", "value"), GOOD)
def test_a_good_value_passes(code: str, table: dict[str, Any], value: Any) -> None:
    assert said(code, table, value) == []


BAD = [
    ("s", {"enum": ["Always", "Never"]}, "always", "value-unsupported", "f", "`f` is `always`; supported: Always, Never"),
    ("s", {"enum": ["A"], "emptyRefused": True}, "", "value-unsupported", "f", "`f` is ``; supported: A"),
    ("i", {"min": 1, "max": 3}, 0, "value-out-of-range", "f", "`f` is 0; it must be from 1 to 3"),
    ("i", {"min": 1, "max": 3}, 4, "value-out-of-range", "f", "`f` is 4; it must be from 1 to 3"),
    ("i", {"min": 0}, -1, "value-out-of-range", "f", "`f` is -1; it must be 0 or more"),
    ("i", {"max": 9}, 10, "value-out-of-range", "f", "`f` is 10; it must be at most 9"),
    ("s", {"maxLength": 3}, "éé", "value-too-long", "f", "`f` has 4 bytes; at most 3 are allowed"),
    ("[s", {"maxItems": 1}, ["a", "b"], "value-too-long", "f", "`f` has 2 items; at most 1 are allowed"),
    ("q", {"sign": "positive"}, 0, "value-out-of-range", "f", "`f` is 0; it must be above zero"),
    ("q", {"sign": "nonnegative"}, "-1m", "value-out-of-range", "f", "`f` is -1m; it must be zero or more"),
    ("x", {"maxPercent": 100}, "101%", "value-out-of-range", "f", "`f` is 101%; it must be at most 100%"),
    ("s", {"forbidden": "it is old"}, "a", "field-forbidden", "f", "`f` cannot be set here: it is old"),
    ("[s", {"each": {"enum": ["A"]}}, ["A", "B"], "value-unsupported", "f[1]", "item 1 is `B`; supported: A"),
    ("{s", {"each": {"maxLength": 1}}, {"k": "ab"}, "value-too-long", "f.k", "`k` has 2 bytes; at most 1 are allowed"),
    ("s", {"required": True}, "", "field-missing", "f", "`f` is empty in the object; the API server requires it"),
    ("s", {"required": "present"}, None, "field-missing", "f", "`f` is missing in the object; the API server requires it"),
    ("[s", {"required": True}, [], "field-missing", "f", "`f` is empty in the object; the API server requires it"),
    ("s", {}, 5, "value-wrong-type", "f", "`f` must be text, not the number 5"),
    ("s", {}, True, "value-wrong-type", "f", "`f` must be text, not the boolean true"),
    ("i", {}, "5", "value-wrong-type", "f", "`f` must be a whole number, not the text `5`"),
    ("i", {}, 2**31, "value-wrong-type", "f", "`f` must be a whole number that fits into 32 bits, and 2147483648 does not"),
    ("l", {}, 2**63, "value-wrong-type", "f", "`f` must be a whole number that fits into 64 bits, and 9223372036854775808 does not"),
    ("b", {}, "true", "value-wrong-type", "f", "`f` must be true or false, not the text `true`"),
    ("[s", {}, {"a": "b"}, "value-wrong-type", "f", "`f` must be a list, not a mapping"),
    ("{s", {}, ["a"], "value-wrong-type", "f", "`f` must be a mapping, not a list"),
    ("test.v1.Part", {}, "a", "value-wrong-type", "f", "`f` must be a mapping, not the text `a`"),
    ("y", {}, [256], "value-wrong-type", "f", "`f` must be base64 text, not a list"),
    ("[s", {}, [1], "value-wrong-type", "f[0]", "item 0 must be text, not the number 1"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "table", "value", "rule", "path", "message"), BAD)
def test_a_bad_value_is_found(code: str, table: dict[str, Any], value: Any, rule: str, path: str, message: str) -> None:
    assert said(code, table, value) == [(rule, path, message)]


@pytest.mark.parametrize("name", sorted(constraints.FORMATS))
def test_every_format_has_a_reason_for_what_it_refuses(name: str) -> None:
    """No format takes everything; each speaks in plain words without a final full stop."""
    bad = ["\x00", "-", "A b/c/d//", "/..", "a" * 400, "%"]
    found = [one for value in bad for one in said("s", {"format": name}, value)]
    assert found
    for rule, path, message in found:
        assert (rule, path) == ("value-malformed", "f")
        assert not message.endswith(".")
        assert message.startswith("`f` is `")


def test_every_item_that_stands_twice_is_found() -> None:
    assert [(r, p) for r, p, _ in said("[s", {"unique": True}, ["a", "a", "b", "a", "b"])] == [
        ("item-duplicate", "f[1]"), ("item-duplicate", "f[3]"), ("item-duplicate", "f[4]"),
    ]  # fmt: skip


def test_every_second_item_of_a_name_is_found_and_shows_the_first() -> None:
    items = [{"name": name, "size": 1} for name in ("a", "b", "a", "a")]
    found = findings({"f": ["[test.v1.Part", {"key": "name"}]}, {"f": items})
    assert [(f.rule, f.node.path) for f in found] == [("item-duplicate", "f[2].name"), ("item-duplicate", "f[3].name")]
    assert {f.related[0][1].path for f in found} == {"f[0].name"}


def test_a_missing_name_counts_only_where_empty_is_a_value() -> None:
    items = [{"size": 1}, {"size": 1}]
    assert said("[test.v1.Part", {"key": "name"}, items) == []
    assert [p for _, p, _ in said("[test.v1.Part", {"key": "name", "emptyRefused": True}, items)] == ["f[1].name"]


def test_every_bad_key_of_a_map_is_found_at_the_key() -> None:
    found = findings({"f": ["{s", {"keys": "qualified-name"}]}, {"f": {"a b": "", "c": "", "d/e/f": ""}})
    assert [(f.rule, f.node.key, f.key) for f in found] == [
        ("value-malformed", "a b", True),
        ("value-malformed", "d/e/f", True),
    ]


def test_at_most_one_names_all_but_the_first() -> None:
    fields: dict[str, Entry] = {"a": "s", "b": "s", "c": "s", "*": {"atMostOne": [["a", "b", "c"]]}}
    assert findings(fields, {}) == []
    assert findings(fields, {"b": "x"}) == []
    found = findings(fields, {"a": "x", "c": "y", "b": "z"})
    assert [(f.rule, f.node.path, f.message) for f in found] == [
        ("fields-exclusive", "b", "`b` and `a` exclude one another"),
        ("fields-exclusive", "c", "`c` and `a` exclude one another"),
    ]


def test_exactly_one_asks_for_one() -> None:
    fields: dict[str, Entry] = {"a": "s", "b": "s", "*": {"exactlyOne": [["a", "b"]]}}
    assert findings(fields, {"a": "x"}) == []
    assert [f.rule for f in findings(fields, {"a": None})] == ["field-missing"]
    assert [f.rule for f in findings(fields, {"a": "x", "b": "y"})] == ["fields-exclusive"]


def test_an_unknown_field_is_found_at_its_key_with_the_nearest_name() -> None:
    (found,) = findings({"replicas": "i", "selector": "s"}, {"replica": 1})
    assert (found.rule, found.node.path, found.key) == ("field-unknown", "replica", True)
    assert "`replicas`" in found.help


@pytest.mark.parametrize(("minor", "rules"), [(34, ["field-unknown"]), (35, []), (36, []), (37, ["field-unknown"])])
def test_a_field_exists_from_since_to_until(minor: int, rules: list[str]) -> None:
    assert [r for r, _, _ in said("s", {"since": 35, "until": 36}, "x", minor)] == rules


@pytest.mark.parametrize(("minor", "rules"), [(30, []), (31, []), (32, ["value-unsupported"])])
def test_a_field_is_only_decoded_until_its_gate_is_on(minor: int, rules: list[str]) -> None:
    table = {"enum": ["A"], "off": [[25, 31]], "gate": "Some", "required": True}
    dropped = [] if rules else ["field-dropped"]
    assert [r for r, _, _ in said("s", table, "B", minor)] == rules + dropped
    assert [r for r, _, _ in said("s", table, 5, minor)] == ["value-wrong-type", *dropped]
    assert [f.rule for f in findings({"f": ["s", table]}, {}, minor)] == (["field-missing"] if rules else [])


def test_inside_of_a_field_that_is_dropped_only_types_count() -> None:
    fields: dict[str, Entry] = {"f": ["[test.v1.Part", {"unread": True, "key": "name"}]}
    assert findings(fields, {"f": [{"name": "a", "size": 0}, {"name": "a"}, {}]}) == []
    found = findings(fields, {"f": [{"size": "x"}, {"sice": 1}]})
    assert [(f.rule, f.node.path) for f in found] == [("value-wrong-type", "f[0].size"), ("field-unknown", "f[1].sice")]


@pytest.mark.parametrize(("minor", "good"), [(25, "A"), (29, "A"), (30, "B"), (32, "B"), (33, "C"), (37, "C")])
def test_earlier_minors_have_their_own_arguments(minor: int, good: str) -> None:
    table = {"enum": ["C"], "before": {"30": {"enum": ["A"]}, "33": {"enum": ["B"]}}}
    refused = {value for value in "ABC" if said("s", table, value, minor)}
    assert refused == set("ABC") - {good}


LETTERS = st.characters(categories=["L", "N", "P", "S"], include_characters=" ")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(-9, 9) | st.text(LETTERS, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(LETTERS, max_size=4), inner, max_size=3),
    max_leaves=6,
)
ONE_OF_EACH: dict[str, Any] = {
    "s": {"enum": ["A"], "format": "dns-label", "maxLength": 3, "required": True}, "i": {"min": 1, "max": 3},
    "x": {"maxPercent": 100, "format": "port-name", "min": 1}, "q": {"sign": "positive"}, "[s": {"unique": True, "maxItems": 2},
    "{s": {"keys": "qualified-name"}, "[test.v1.Part": {"key": "name"}, "y": {}, "t": {}, "u": {}, "b": {}, "l": {}, "n": {}, "o": {},
    "*": {}, "test.v1.Part": {},
}  # fmt: skip


@given(st.sampled_from(sorted(ONE_OF_EACH)), VALUES)
def test_no_value_breaks_a_check_and_every_finding_has_a_place(code: str, value: Any) -> None:
    for found in findings({"f": [code, ONE_OF_EACH[code]]}, {"f": value}):
        assert found.node.path.startswith("f")
        assert found.rule
        assert found.message
        assert not found.message.endswith(".")
        assert found.range().start <= found.range().end


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-5, 5), st.integers(6, 20))
def test_bounds_are_inclusive(value: int, low: int, high: int) -> None:
    assert (said("i", {"min": low, "max": high}, value) == []) == (low <= value <= high)


@given(st.text(LETTERS, max_size=20))
def test_length_counts_bytes(text: str) -> None:
    encoded = len(text.encode("utf-8", "surrogatepass"))
    assert said("s", {"maxLength": encoded}, text) == []
    if encoded:
        assert [r for r, _, _ in said("s", {"maxLength": encoded - 1}, text)] == ["value-too-long"]
