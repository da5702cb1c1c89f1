"""Whole numbers or percentages, and what they come to."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import int_or_percent


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
        ("5", 10, 0, 0),
        ("x%", 10, 0, 0),
        (None, 10, 0, 0),
        ("٥%", 10, 0, 0),
    ],
)
def test_scaled(value: int | str | None, total: int, up: int, down: int) -> None:
    assert int_or_percent.scaled(value, total, up=True) == up
    assert int_or_percent.scaled(value, total, up=False) == down


@given(st.integers(0, 300), st.integers(0, 10**6))
def test_rounding_is_exact(percent: int, total: int) -> None:
    exact = Fraction(percent * total, 100)
    assert int_or_percent.scaled(f"{percent}%", total, up=True) == math.ceil(exact)
    assert int_or_percent.scaled(f"{percent}%", total, up=False) == math.floor(exact)
