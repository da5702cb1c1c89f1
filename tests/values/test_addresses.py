"""Addresses against the server's own validation (addresses.jsonl: kind, text, accepted by each form)."""

from __future__ import annotations

import ipaddress
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import addresses

with open(os.path.join(os.path.dirname(__file__), "addresses.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file]


def answers(kind: str, text: str) -> list[bool]:
    if kind == "ip":
        reasons = [
            addresses.ip_problem(text),
            addresses.ip_problem(text, strict=False),
            addresses.canonical_ip_problem(text),
        ]
    else:
        reasons = [
            addresses.cidr_problem(text),
            addresses.cidr_problem(text, strict=False),
            addresses.canonical_cidr_problem(text),
            addresses.interface_problem(text),
        ]
    return [reason is None for reason in reasons]


def test_agrees_with_the_server() -> None:
    assert [(kind, text) for kind, text, expected in RECORDED if answers(kind, text) != expected] == []


@pytest.mark.parametrize(
    ("problem", "text", "part"),
    [
        ("ip_problem", "010.0.0.1", "write 10.0.0.1"),
        ("ip_problem", "::ffff:10.0.0.1", "write 10.0.0.1"),
        ("ip_problem", "10.0.0", "such as"),
        ("cidr_problem", "10.0.0.1/8", "write 10.0.0.0/8"),
        ("cidr_problem", "10.0.0.0/08", "write 10.0.0.0/8"),
        ("cidr_problem", "10.0.0.0", "prefix length"),
        ("canonical_ip_problem", "2001:DB8:0::1", "2001:db8::1"),
        ("canonical_cidr_problem", "2001:DB8::/32", "2001:db8::/32"),
        ("interface_problem", "2001:DB8::1/32", "2001:db8::1/32"),
    ],
)
def test_says_what_to_write(problem: str, text: str, part: str) -> None:
    assert part in str(getattr(addresses, problem)(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10.0.0.1", "IPv4"), ("::ffff:10.0.0.1", "IPv4"), ("fe80::1", "IPv6"), ("10.0.0.0/8", "IPv4"), ("x", None)],
)
def test_family(text: str, expected: str | None) -> None:
    assert addresses.family(text) == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "10.0.0.0/8", True),
        ("10.0.0.0/8", "0.0.0.0/0", False),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("::/0", "10.0.0.1", False),
        ("fe80::/10", "febf::1", True),
        ("10.0.0.0/8", "x", False),
        ("x", "10.0.0.1", False),
    ],
)
def test_contains(outer: str, inner: str, expected: bool) -> None:
    assert addresses.contains(outer, inner) is expected


@given(st.ip_addresses())
def test_canonical_texts_are_good_everywhere(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    text = str(address)
    if getattr(address, "ipv4_mapped", None) is None:
        assert addresses.ip_problem(text) is None
        assert addresses.canonical_ip_problem(text) is None
        assert addresses.family(text) == f"IPv{address.version}"


@given(st.ip_addresses(v=4), st.ip_addresses(v=4), st.integers(0, 32))
def test_contains_is_that_of_the_standard_library(
    one: ipaddress.IPv4Address, other: ipaddress.IPv4Address, length: int
) -> None:
    network = ipaddress.ip_network(f"{one}/{length}", strict=False)
    assert addresses.contains(f"{one}/{length}", str(other)) is (other in network)


@given(st.text(alphabet="0123456789abcdefF:./% ", max_size=45))
def test_any_text_gets_an_answer(text: str) -> None:
    for kind in ("ip", "cidr"):
        strict, sloppy, canonical, *_ = answers(kind, text)
        assert sloppy or not strict
        assert strict or not canonical
