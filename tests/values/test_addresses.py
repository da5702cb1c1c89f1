"""Addresses against the server's own validation (addresses.jsonl: kind, text, accepted by each form)."""

from __future__ import annotations

import ipaddress
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import addresses, networks

with open(os.path.join(os.path.dirname(__file__), "addresses.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file]


def answers(text: str) -> list[bool]:
    return [reason is None for reason in (addresses.ip_problem(text), addresses.ip_problem_of_old(text))]


def test_agrees_with_the_server() -> None:
    assert [text for kind, text, expected in RECORDED if kind == "ip" and answers(text) != expected[:2]] == []


def test_ranges_are_read_as_the_server_reads_them() -> None:
    wrong = []
    for kind, text, (strict, sloppy, *_) in RECORDED:
        found = networks.cidr(text) if kind == "cidr" else None
        if kind == "cidr" and (found is not None and not found.problem, found is not None) != (strict, sloppy):
            wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize(
    ("problem", "text", "part"),
    [
        ("ip_problem", "010.0.0.1", "write 10.0.0.1"),
        ("ip_problem", "::ffff:10.0.0.1", "write 10.0.0.1"),
        ("ip_problem", "10.0.0", "such as"),
    ],
)
def test_says_what_to_write(problem: str, text: str, part: str) -> None:
    assert part in str(getattr(addresses, problem)(text))


@given(st.ip_addresses())
def test_canonical_texts_are_good_everywhere(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    text = str(address)
    if getattr(address, "ipv4_mapped", None) is None:
        assert addresses.ip_problem(text) is None


@given(st.text(alphabet="0123456789abcdefF:./% ", max_size=45))
def test_any_text_gets_an_answer(text: str) -> None:
    strict, sloppy = answers(text)
    assert sloppy or not strict
