"""Quantities against the server's own reader (quantities.jsonl: text, then null or value, canonical text, amount)."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.quantity import MOST, Quantity, QuantityError, parse, problem

with open(os.path.join(os.path.dirname(__file__), "quantities.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file]


def exact(quantity: Quantity) -> Fraction:
    return Fraction(quantity.unscaled) * Fraction(10) ** quantity.exponent


def test_accepts_what_the_server_accepts() -> None:
    wrong = [row for row in RECORDED if (problem(row[0]) is None) is not (len(row) == 4)]
    assert wrong == []


def test_amounts_are_the_servers() -> None:
    for row in RECORDED:
        if len(row) == 4:
            text, value, canonical, amount = row
            quantity = parse(text)
            assert exact(quantity) == Fraction(Decimal(amount)), text
            if value is not None:
                assert quantity.value() == value, text
            if canonical is not None:
                assert quantity.canonical() == canonical, text


@pytest.mark.parametrize(
    ("written", "nano"),
    [
        ("100m", 10**8),
        ("1Gi", 2**30 * 10**9),
        ("1", 10**9),
        (" 1", 10**9),
        ("1 ", 10**9),
        ("\u00a01", 10**9),
        ("Gi", 0),
        (".5", 5 * 10**8),
        ("5.", 5 * 10**9),
        ("+1Gi", 2**30 * 10**9),
        ("12e6", 12 * 10**15),
        ("1E3", 10**12),
        ("9Ei", MOST * 10**9),
        ("-9Ei", -MOST * 10**9),
        ("1e30", 10**39),
        ("0.1n", 1),
        ("-0.1n", -1),
        (3, 3 * 10**9),
        (0.5, 5 * 10**8),
        (1e21, 10**30),
        (1e-7, 100),
    ],
)
def test_amount(written: str | float, nano: int) -> None:
    assert parse(written).nano == nano


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("1K", "write k"),
        ("128MB", "write M"),
        ("1g", "write G"),
        ("100mm", "one of the units"),
        ("1e3Mi", "one of the units"),
        ("1_000m", "one of the units"),
        ("1e", "one of the units"),
        ("", "empty"),
        ("  ", "empty"),
        ("100%", "percentage"),
        ("1 Gi", "blank"),
        ("١", "one of the units"),
        ("1\n", "one of the units"),
        ("\t1", "one of the units"),
        ("Ei", "one of the units"),
        (True, "one of the units"),
        (float("nan"), "one of the units"),
        (float("inf"), "one of the units"),
    ],
)
def test_refused(written: str | float, part: str) -> None:
    with pytest.raises(QuantityError, match=part):
        parse(written)


@pytest.mark.parametrize(("text", "passes"), [("1", True), ("500m", False), ("0.9999", True), ("1e3", True)])
def test_whole(text: str, passes: bool) -> None:
    assert parse(text).passes_as_whole == passes


def test_request_and_limit_of_the_same_amount_are_equal() -> None:
    assert parse("1000m") == parse("1") == parse("1e0") == parse(1)
    assert parse("1024Mi") == parse("1Gi")
    assert len({parse("1000m"), parse("1"), parse("1000000u"), parse("0.001k")}) == 1
    assert parse("0.1001") > parse("100m")
    assert parse("1G") < parse("1Gi")


@pytest.mark.parametrize(
    "text", ["1e2000000000", "-1e2000000000", "1e-2000000000", "9" * 9000, "0." + "0" * 9000 + "1"]
)
def test_monstrous_amounts_do_no_harm(text: str) -> None:
    quantity = parse(text)
    assert quantity == quantity
    assert quantity != parse("1")
    assert (quantity < parse("0")) == text.startswith("-")
    for answer in (quantity.value(), quantity.milli_value(), str(quantity), hash(quantity), quantity + quantity):
        assert answer is not None


AMOUNTS = st.builds(
    lambda sign, whole, fraction, unit: f"{sign}{whole}{'.' + fraction if fraction else ''}{unit}",
    st.sampled_from(["", "-", "+"]),
    st.integers(0, 10**12),
    st.text(alphabet="0123456789", max_size=6),
    st.sampled_from(["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "e3", "E6", "e-3"]),
)


@given(AMOUNTS)
def test_the_canonical_text_is_the_same_amount_and_stays(text: str) -> None:
    quantity = parse(text)
    again = parse(quantity.canonical())
    assert again == quantity
    assert hash(again) == hash(quantity)
    assert again.canonical() == quantity.canonical() or quantity.family != "decimal"


@given(AMOUNTS, AMOUNTS)
def test_order_and_sum_are_those_of_exact_numbers(one: str, other: str) -> None:
    a, b = parse(one), parse(other)
    assert (a < b) == (exact(a) < exact(b))
    assert (a == b) == (exact(a) == exact(b))
    assert (a >= b) == (exact(a) >= exact(b))
    assert exact(a + b) == exact(a) + exact(b)


@given(AMOUNTS)
def test_rounding_goes_away_from_zero_by_less_than_one_unit(text: str) -> None:
    quantity = parse(text)
    for rounded, unit in ((quantity.value(), Fraction(1)), (quantity.milli_value(), Fraction(1, 1000))):
        assert abs(rounded * unit) >= abs(exact(quantity))
        assert abs(rounded * unit - exact(quantity)) < unit


@given(st.text(max_size=20) | st.integers() | st.floats() | st.booleans())
def test_anything_is_read_or_refused_with_a_reason(value: str | float) -> None:
    reason = problem(value)
    assert reason is None or not reason.endswith(".")
