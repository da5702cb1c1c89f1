"""Numbers in texts: what `int` takes and a 64 bit number holds, and nothing that it fails on."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.digits import BEYOND, whole

from tests.conftest import ROOT


@given(st.integers(0, 10**18 - 1), st.integers(0, 30))
def test_digits_say_their_number(number: int, zeros: int) -> None:
    assert whole("0" * zeros + str(number)) == number


@given(st.text() | st.none() | st.integers())
def test_nothing_else_is_a_number(value: object) -> None:
    expected = isinstance(value, str) and re.fullmatch(r"[0-9]+", value) is not None
    assert (whole(value) is not None) == expected


@pytest.mark.parametrize("text", ["9" * 19, "1" + "0" * 5000])
def test_what_no_field_holds_is_above_everything(text: str) -> None:
    assert whole(text) == BEYOND


def test_no_text_is_made_a_number_for_its_digits_alone() -> None:
    """`isdigit` takes digits that `int` refuses (²), and thousands of them, which it refuses too."""
    asks = re.compile(r"\.is(?:digit|decimal|numeric)\(\)")
    bounded = re.compile(r"len\(|\[:\d+\]")
    elsewhere = {  # where another line bounds it, or takes what fails
        "lint/build/chart/template/sprig_rest.py",
        "lint/command/options.py",
        "lint/values/cel/parser.py",
    }
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("lint", "rules")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in elsewhere
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if asks.search(line) and re.search(r"\bint\(", line) and not bounded.search(line)
    ]
    assert not found
