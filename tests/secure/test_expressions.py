"""No regular expression of kubetrial takes longer than the text is long: each is fed what makes such expressions go back and forth.

Expressions of strangers are not Python's (values/regexp); these are our own, which meet texts of strangers.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path

import kubetrial.lint
import kubetrial.rules
import pytest
from kubetrial.lint.values.pattern import Later

SHORT, LONG = 10_000, 80_000
"""Letters: what grows with the square takes a tenth of a second for the few, and more than ten seconds for the many."""
SUSPICIOUS, HANGS = 0.02, 5.0
"""Seconds of processor time: what takes more for few letters is tried with many, and what takes so long for those hangs on any machine."""


def _modules() -> Iterator[str]:
    for package in (kubetrial.lint, kubetrial.rules):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                yield module.name


def _patterns() -> dict[re.Pattern[str], bool]:
    """Every expression that a module holds by itself, or in a tuple, list or mapping, and whether it is looked for inside of texts."""
    found: dict[re.Pattern[str], bool] = {}
    for name in _modules():
        module = importlib.import_module(name)
        code = Path(str(module.__file__)).read_text(encoding="utf-8")
        searched = set(re.findall(r"(\w+)\.(?:search|finditer|findall|sub|subn|split)\(", code))
        pending = [(key, value) for key, value in vars(module).items() if key[:2] != "__"]
        while pending:
            key, value = pending.pop()
            if isinstance(value, Later):
                value = re.compile(*value.given)
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                found[value] = found.get(value, False) or key in searched
            elif isinstance(value, dict) and len(value) < 500:
                pending += [(key, each) for pair in value.items() for each in pair if not isinstance(each, str)]
            elif isinstance(value, (list, tuple)) and len(value) < 500:
                pending += [(key, each) for each in value if not isinstance(each, str)]
    return found


def _texts(pattern: str, length: int) -> Iterator[str]:
    """Long texts of the signs that an expression speaks of, one and two of them again and again, that end as it does not expect."""
    signs = [" ", "\n", "a", "-", *dict.fromkeys(re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z<:=!]*", "", pattern))]
    for sign in signs[:24]:
        yield sign * length + "\x01"
    spoken = [sign for sign in signs[3:] if sign.isalnum() or sign in "{}$<>#:./@%_=\"'[](),|&*"][:6]
    for one in spoken:
        for two in ("a", " ", "\n", "."):
            yield (one + two) * (length // 2) + "\x01"
    for word in re.findall(r"[A-Za-z#{$<:-]{3,}", pattern)[:3]:
        yield word * (length // len(word)) + "\x01"


def _seconds(pattern: re.Pattern[str], is_searched: bool, text: str) -> float:
    begin = time.process_time()
    if is_searched:
        for _ in zip(pattern.finditer(text), range(5), strict=False):
            pass
    pattern.match(text)
    pattern.fullmatch(text)
    return time.process_time() - begin


def _hanging(patterns: dict[re.Pattern[str], bool]) -> Iterator[tuple[str, str]]:
    """The expressions that hang, each with the beginning of a text on which it does."""
    for pattern, is_searched in patterns.items():
        for few, many in zip(_texts(pattern.pattern, SHORT), _texts(pattern.pattern, LONG), strict=True):
            if _seconds(pattern, is_searched, few) > SUSPICIOUS and _seconds(pattern, is_searched, many) > HANGS:
                yield pattern.pattern[:100], few[:10]
                break


@pytest.mark.slow
def test_no_expression_goes_back_and_forth() -> None:
    found = _patterns()
    assert len(found) > 100
    assert list(_hanging(found)) == []


@pytest.mark.slow
def test_the_sweep_finds_what_it_looks_for() -> None:
    hard = re.compile(r"[a-z]*y")
    assert list(_hanging({hard: True, re.compile(r"[a-z]+;"): False})) == [(hard.pattern, "a" * 10)]
