"""Searching with patterns as Go does: what Go 1.26 found in each text, measured."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.regexp import search as regexp_search
from kubetrial.lint.values.regexp import syntax as regexps

FOUND = [
    ('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$', 'web-1.example.com', ['web-1.example.com']),
    ('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 'web-', []),
    ('a|ab', 'xab', ['a']),
    ('(a|ab)(c|bcd)', 'abcd', ['abcd']),
    ('a+?', 'aaa', ['a', 'a', 'a']),
    ('a{2,3}', 'aaaa', ['aaa']),
    ('(?i)kube', 'KUBE', ['KUBE']),
    ('(?i)k', 'K', ['K']),
    ('(?i)\\W', 'K', []),
    ('[^a-c]+', 'abxyc', ['xy']),
    ('a.c', 'a\nc', []),
    ('(?s)a.c', 'a\nc', ['a\nc']),
    ('^b$', 'a\nb', []),
    ('(?m)^b$', 'a\nb', ['b']),
    ('$', 'a\n', ['']),
    ('a$', 'a\n', []),
    ('\\bfoo\\b', 'a foo.', ['foo']),
    ('\\Bo', 'foo o', ['o', 'o']),
    ('[[:alpha:]]+', '12ab', ['ab']),
    ('[[:^digit:]]+', '12ab3', ['ab']),
    ('\\pL+', '12éa', ['éa']),
    ('\\PL+', 'éa12', ['12']),
    ('\\p{Lu}', 'éA', ['A']),
    ('\\Qa.b\\E+', 'a.bb', ['a.bb']),
    ('\\x41\\x{e9}', 'Aé', ['Aé']),
    ('a*', 'baac', ['', 'aa', '']),
    ('a??', 'ab', ['', '', '']),
    ('(|a)*', 'aa', ['', '', '']),
    ('(|a)+', 'aa', ['', '', '']),
    ('(a*)*b', 'aab', ['aab']),
    ('(?:ab){1,2}?', 'abab', ['ab', 'ab']),
    ('(?P<n>a)b?', 'ab', ['ab']),
    ('\\s', '\x0b', []),
    ('[]a]', ']', [']']),
    ('[a\\-z]', '-', ['-']),
    ('a{,2}', 'a{,2}', ['a{,2}']),
    ('x{0}y', 'y', ['y']),
    ('(?U)a+', 'aaa', ['a', 'a', 'a']),
    ('(?-i:a)', 'A', []),
    ('\\A1\\z', '1', ['1']),
    ('', '', ['']),
    ('\\d{1,3}(\\.\\d{1,3}){3}', '10.0.0.1', ['10.0.0.1']),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "every"), FOUND)
def test_what_go_finds(pattern: str, text: str, every: list[str]) -> None:
    assert list(regexp_search.find_all(pattern, text)) == every
    assert regexp_search.matches(pattern, text) is bool(every)


def test_no_pattern_takes_exponential_time() -> None:
    assert not regexp_search.matches("^(a+)+$", "a" * 3000 + "!")
    assert not regexp_search.matches("(a?){50}a{50}$", "a" * 49)


@pytest.mark.parametrize("pattern", [r"\p{Greek}", "(?i)é", "((a{100}){10}){1,}" * 30, "(" * 5000 + ")" * 5000])
def test_what_is_left_to_the_server(pattern: str) -> None:
    with pytest.raises(regexp_search.Unsupported):
        regexp_search.matches(pattern, "a")


PARTS = ["a", "b", "[ab]", "(a|b)", "(?:ab)?", ".", "a*", "b+?", "a{1,2}", "^", "$", r"\b", "|", "(ab|a)"]


@given(st.lists(st.sampled_from(PARTS), max_size=6), st.text("ab c", max_size=8))
def test_plain_patterns_mean_the_same_to_python(parts: list[str], text: str) -> None:
    pattern = "".join(parts)
    if regexps.problem(pattern) is not None:
        return
    found = re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    assert regexp_search.compiled(pattern).search(text) == (found.span() if found else None)
