"""Patterns as Go reads them: what the API server compiled and what it refused, measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.regexp import syntax as regexps

GOOD = (
    "", "abc", "^a+$", "a|b", "()", "(?:a)", "(?i)abc", "(?i:a)b", "(?P<x>a)", "(?<x>a)", r"\d+\z", r"\pL", r"\p{Greek}", "[[:alpha:]]",
    "[]a]", "[^]a]", "a]", "a}", "a{", "a{,2}", "^*", r"\_", r"\x{41}", r"\x41", r"\012", r"\Qa[", "a{2}", "a{2,}?", "x*?", "[a-]", "[-a]",
    r"[\d\-z]", "(x{10}){10}", "{2", "a{01}",
)  # fmt: skip
BAD = (
    "[", "[a", "(", ")", "a)", "(a", "*a", "+", "a|*", "a**", "a++", "a{2}{3}", "a{2,1}", "a{1001}", "(x{100}){100}", "{2}", "[z-a]",
    r"[a-\d]", "[[:nope:]]", "[]", "(?=a)", "(?!a)", "(?<=a)", "(?x)a", "(?P<>a)", "(?P<a-b>a)", "\\", r"\Z", r"\1", r"\y", r"\xZZ", r"[\b]",
)  # fmt: skip


@pytest.mark.parametrize("pattern", GOOD)
def test_what_go_reads(pattern: str) -> None:
    assert regexps.problem(pattern) is None


@pytest.mark.parametrize("pattern", BAD)
def test_what_go_refuses(pattern: str) -> None:
    assert regexps.problem(pattern)


@given(st.text(max_size=40) | st.text("a(|)[]{}*+?\\^$-:dpQExP<>12,", max_size=40))
def test_any_text_is_a_pattern_or_has_a_reason(text: str) -> None:
    reason = regexps.problem(text)
    assert reason is None or reason
