"""Whole numbers or percentages, and what they come to."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import int_or_percent


@pytest.mark.parametrize("value", [0, 1, 2**31 - 1, "0%", "25%", "100%", "150%", "007%"])
def test_good(value: int | str) -> None:
    assert int_or_percent.problem(value) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (-1, "0 or more"),
        (2**31, "at most"),
        (True, "a whole number"),
        ("5", "5%"),
        ("-5%", "percentage"),
        ("+5%", "percentage"),
        ("5.5%", "percentage"),
        ("%", "percentage"),
        ("5%\n", "percentage"),
        ("", "percentage"),
        ("half", "percentage"),
        ("٥%", "percentage"),
    ],
)
def test_bad(value: int | str, part: str) -> None:
    assert part in str(int_or_percent.problem(value))


@pytest.mark.parametrize(
    ("value", "total", "up", "down"),
    [
        (3, 10, 3, 3),
        ("25%", 10, 3, 2),
        ("25%", 4, 1, 1),
        ("25%", 3, 1, 0),
        ("100%", 7, 7, 7),
        ("0%", 7, 0, 0),
        ("-5%", 10, 0, -1),
        ("5", 10, None, None),
        ("x%", 10, None, None),
    ],
)
def test_scaled(value: int | str, total: int, up: int | None, down: int | None) -> None:
    assert int_or_percent.scaled(value, total, up=True) == up
    assert int_or_percent.scaled(value, total, up=False) == down


@pytest.mark.parametrize(
    ("surge", "unavailable", "replicas", "expected"),
    [
        ("25%", "25%", 3, (1, 0)),
        ("0%", "25%", 3, (0, 1)),
        (0, 0, 5, (0, 1)),
        (1, 0, 1, (1, 0)),
        ("25%", "25%", 10, (3, 2)),
    ],
)
def test_rolling_update(surge: int | str, unavailable: int | str, replicas: int, expected: tuple[int, int]) -> None:
    assert int_or_percent.rolling_update(surge, unavailable, replicas) == expected


def test_above_100_percent() -> None:
    assert int_or_percent.is_above_100_percent("101%")
    assert not int_or_percent.is_above_100_percent("100%")
    assert not int_or_percent.is_above_100_percent(500)


@given(st.integers(0, 300), st.integers(0, 10**6))
def test_rounding_is_exact(percent: int, total: int) -> None:
    exact = Fraction(percent * total, 100)
    assert int_or_percent.scaled(f"{percent}%", total, up=True) == math.ceil(exact)
    assert int_or_percent.scaled(f"{percent}%", total, up=False) == math.floor(exact)
