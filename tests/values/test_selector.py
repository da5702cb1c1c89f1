"""Selectors against labels, and in text (selectors.jsonl: text, null or the server's writing)."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.facts import selectors
from kubetrial.lint.values import selector

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
    assert selectors.matches(written, labels) is expected


@given(st.text(alphabet="ab,=!()<> in/\t", max_size=20))
def test_any_text_gets_an_answer(text: str) -> None:
    reason = ""
    try:
        selector.parse(text)
    except selector.SelectorError as error:
        reason = str(error)
    assert not reason.endswith(".")
