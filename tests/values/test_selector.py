"""Selectors against labels, against each other, and in text (selectors.jsonl: text, null or the server's writing)."""

from __future__ import annotations

import itertools
import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import selector
from kubetrial.lint.values.selector import Requirement, Selector

with open(os.path.join(os.path.dirname(__file__), "selectors.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file if "\\u0000" not in line]


def test_reads_what_the_server_reads() -> None:
    wrong = []
    for text, expected in RECORDED:
        try:
            found = selector.parse(text)
        except selector.SelectorError:
            if expected is not None:
                wrong.append((text, expected, None))
        else:
            if expected is None or found != selector.parse(expected):
                wrong.append((text, expected, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "labels", "expected"),
    [
        (None, {"a": "b"}, False),
        ({}, {}, True),
        ({}, {"a": "b"}, True),
        ({"matchLabels": None, "matchExpressions": None}, {}, True),
        ({"matchLabels": {"a": "b"}}, {"a": "b", "c": "d"}, True),
        ({"matchLabels": {"a": "b"}}, {"a": "c"}, False),
        ({"matchLabels": {"a": "b"}}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}, {"a": "c"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, {"a": "b"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {"a": ""}, True),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, {"a": ""}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["5"]}]}, {"a": "6"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["5"]}]}, {"a": "x"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Lt", "values": ["5"]}]}, {"a": "5"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "in", "values": ["b"]}]}, {"a": "b"}, False),
    ],
)
def test_matches(written: dict[str, Any] | None, labels: dict[str, str], expected: bool) -> None:
    assert selector.matches(selector.of_selector(written), labels) is expected


def test_plain_maps() -> None:
    assert selector.matches(selector.of_labels({"a": "b"}), {"a": "b"})
    assert not selector.matches(selector.of_labels({"a": "b"}), None)
    assert selector.of_labels(None) == ()


@pytest.mark.parametrize(
    ("requirement", "operators", "part"),
    [
        (Requirement("a", "in", ("b",)), selector.OPERATORS, "no operator 'in'"),
        (Requirement("a", "Gt", ("1",)), selector.OPERATORS, "no operator 'Gt'"),
        (Requirement("a", "In"), selector.OPERATORS, "needs values"),
        (Requirement("a", "Exists", ("b",)), selector.OPERATORS, "takes no values"),
        (Requirement("a", "Gt", ("1", "2")), selector.NODE_OPERATORS, "takes one value"),
        (Requirement("a b", "Exists"), selector.OPERATORS, "the key 'a b'"),
        (Requirement("a", "In", ("b c",)), selector.OPERATORS, "the value 'b c'"),
    ],
)
def test_problems(requirement: Requirement, operators: tuple[str, ...], part: str) -> None:
    assert part in str(selector.problem(requirement, operators))


def test_node_selectors_have_more_operators() -> None:
    assert selector.problem(Requirement("a", "Gt", ("1",)), selector.NODE_OPERATORS) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a=b", "a=b", True),
        ("a=b", "a=c", False),
        ("a=b", "c=d", True),
        ("a=b", "", True),
        ("a in (b,c)", "a notin (b)", True),
        ("a in (b,c)", "a notin (b,c)", False),
        ("a", "!a", False),
        ("!a", "a!=b", True),
        ("a>1", "a<3", True),
        ("a>1", "a<2", False),
        ("a>1,a<4", "a notin (2,3)", False),
        ("a>1,a<5", "a notin (2,3)", True),
        ("a in (7)", "a>6", True),
        ("a in (7)", "a>7", False),
    ],
)
def test_overlap(one: str, other: str, expected: bool) -> None:
    assert selector.can_overlap(selector.parse(one), selector.parse(other)) is expected
    assert selector.can_overlap(selector.parse(other), selector.parse(one)) is expected


def test_nothing_overlaps_with_nothing() -> None:
    assert not selector.can_overlap(None, ())
    assert not selector.always_overlap(None, ())
    assert not selector.can_match(None)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a=b", "", True),
        ("a=b,c=d", "a=b", True),
        ("a=b", "a=b,c=d", False),
        ("a=b", "a in (b,c)", True),
        ("a in (b,c)", "a=b", False),
        ("a=b", "a", True),
        ("a=b", "a!=c", True),
        ("!a", "a!=c", True),
        ("a=b,a=c", "x=y", False),
    ],
)
def test_one_within_the_other(one: str, other: str, expected: bool) -> None:
    assert selector.always_overlap(selector.parse(one), selector.parse(other)) is expected


VALUES = ("", "x", "1", "2")
REQUIREMENTS = st.one_of(
    st.builds(
        Requirement,
        st.sampled_from(["a", "b"]),
        st.sampled_from(["In", "NotIn"]),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True).map(tuple),
    ),
    st.builds(Requirement, st.sampled_from(["a", "b"]), st.sampled_from(["Exists", "DoesNotExist"])),
    st.builds(
        Requirement,
        st.sampled_from(["a", "b"]),
        st.sampled_from(["Gt", "Lt"]),
        st.sampled_from(["0", "1", "2"]).map(lambda value: (value,)),
    ),
)
SELECTORS = st.lists(REQUIREMENTS, max_size=4).map(tuple)
# all labels over two keys that could tell such requirements apart
OWN = (None, *VALUES, "other", "-1", "0", "3", "4", "5", "-2", "-3")
WORLD = [
    {key: value for key, value in zip("ab", pair, strict=True) if value is not None}
    for pair in itertools.product(OWN, OWN)
]


@given(SELECTORS, SELECTORS)
def test_overlap_is_that_of_all_labels(one: Selector, other: Selector) -> None:
    both = any(selector.matches(one, labels) and selector.matches(other, labels) for labels in WORLD)
    assert selector.can_overlap(one, other) is both
    within = all(selector.matches(other, labels) for labels in WORLD if selector.matches(one, labels))
    if selector.always_overlap(one, other):
        assert within
    elif not any(each.operator in ("Gt", "Lt") for each in other):
        assert not (within and selector.can_match(one))


@given(SELECTORS)
def test_a_selector_survives_being_written(one: Selector) -> None:
    again = selector.parse(selector.to_text(one))
    for labels in WORLD:
        assert selector.matches(again, labels) is selector.matches(one, labels)


@given(st.text(alphabet="ab,=!()<> in/\t", max_size=20))
def test_any_text_gets_an_answer(text: str) -> None:
    reason = ""
    try:
        selector.parse(text)
    except selector.SelectorError as error:
        reason = str(error)
    assert not reason.endswith(".")
