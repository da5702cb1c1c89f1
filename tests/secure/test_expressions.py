"""No regular expression of kubetrial takes longer than the text is long: each is fed what makes such expressions go back and forth.

Expressions of strangers are not Python's (values/regexp); these are our own, which meet texts of strangers.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import kubetrial.lint
import kubetrial.rules
import pytest
from kubetrial.lint.values.pattern import Later

if sys.version_info >= (3, 11):
    from re import _constants as codes
    from re import _parser as parser
else:
    import sre_constants as codes
    import sre_parse as parser

SHORT, LONG = 4_000, 80_000
"""Letters: what grows with the square takes a tenth of a second for the few, and more than ten seconds for the many."""
SUSPICIOUS, HANGS = 0.008, 5.0
"""Seconds of processor time: what takes more for few letters is tried with many, and what takes so long for those hangs on any machine."""
_CALLS = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer", "compile", "pattern")


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
            if isinstance(value, re.Pattern) and isinstance(value.pattern, bytes):
                value = re.compile(value.pattern.decode("latin-1"), value.flags | re.ASCII)
            if isinstance(value, re.Pattern):
                found[value] = found.get(value, False) or key in searched
            elif isinstance(value, dict) and len(value) < 500:
                pending += [(key, each) for pair in value.items() for each in pair if not isinstance(each, str)]
            elif isinstance(value, (list, tuple)) and len(value) < 500:
                pending += [(key, each) for each in value if not isinstance(each, str)]
        for text, is_searched in _written_in_calls(code, module):
            pattern = re.compile(text)
            found[pattern] = found.get(pattern, False) or is_searched
    return found


def _written_in_calls(code: str, module: ModuleType) -> Iterator[tuple[str, bool]]:
    """The expressions that stand in calls of `re` themselves, as far as the names of the module make them up; whether they are looked for."""
    for call in ast.walk(ast.parse(code)):
        if not (isinstance(call, ast.Call) and call.args and isinstance(call.func, ast.Attribute)):
            continue
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "re" and call.func.attr in _CALLS:
            try:
                text = eval(compile(ast.Expression(call.args[0]), "", "eval"), dict(vars(module)))
            except (NameError, AttributeError, SyntaxError, TypeError):
                continue  # it is made of what a function is given
            if isinstance(text, (str, bytes)):
                written = text.decode("latin-1") if isinstance(text, bytes) else text
                yield written, call.func.attr not in ("match", "fullmatch", "compile", "pattern")


_SIGNS = " a0A-.\n_/:;\"'{$<[(=,#\té"


def _sample(tree: Sequence[Any]) -> str:
    """A short text that fits a part of an expression, nearly always."""
    return "".join(_sample_of(code, about) for code, about in tree)


def _sample_of(code: Any, about: Any) -> str:
    if code is codes.LITERAL:
        return chr(about)
    if code is codes.NOT_LITERAL:
        return "b" if about == ord("a") else "a"
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return next(_of_set(about), "")
    if code is codes.BRANCH:
        return _sample(about[1][0])
    if code is codes.SUBPATTERN:
        return _sample(about[3])
    return _sample(about[2]) * about[0] if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) else ""


def _of_set(parts: Sequence[Any]) -> Iterator[str]:
    """Signs of a set: some of the usual ones, and its own."""
    own = [
        chr(about if code is codes.LITERAL else about[0])
        for code, about in parts
        if code in (codes.LITERAL, codes.RANGE)
    ]
    is_open = parts[0][0] is codes.NEGATE
    for sign in [*_SIGNS, *own]:
        if any(_is_meant(code, about, sign) for code, about in parts) is not is_open:
            yield sign


def _is_meant(code: Any, about: Any, sign: str) -> bool:
    if code is codes.LITERAL:
        return about == ord(sign)
    if code is codes.RANGE:
        return bool(about[0] <= ord(sign) <= about[1])
    if code is not codes.CATEGORY:
        return False
    kind = str(about)
    fits = sign.isdigit() if "DIGIT" in kind else sign.isspace() if "SPACE" in kind else sign.isalnum() or sign == "_"
    return fits is not ("NOT" in kind)


def _pumps(tree: Sequence[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """For each part that may stand many times: a text that leads to it, and what can stand there again and again."""
    for code, about in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            inner = about[2]
            if about[1] > 20:
                alone = len(inner) == 1 and inner[0][0] is codes.IN
                yield from (
                    (before, sign) for sign in {_sample(inner), *(list(_of_set(inner[0][1]))[:4] if alone else ())}
                )
            yield from _pumps(inner, before)
        elif code in (codes.SUBPATTERN, codes.ASSERT, codes.ASSERT_NOT, codes.BRANCH):
            for one in about[1] if code is codes.BRANCH else (about[-1],):
                yield from _pumps(one, before)
        before += _sample_of(code, about)


def _texts(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Long texts that may make an expression go back and forth: each ends as it does not expect."""
    yield from _texts_of_signs(pattern.pattern, length)
    for before, again in dict.fromkeys(_pumps(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))):
        if again:
            yield before + again * (length // len(again)) + "\x01"
            yield (before + again) * (length // len(before + again)) + "\x01"


def _texts_of_signs(pattern: str, length: int) -> Iterator[str]:
    """Long texts of the signs that an expression speaks of, one and two of them again and again."""
    signs = [" ", "\n", "a", "-", *dict.fromkeys(re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z<:=!]*", "", pattern))]
    for sign in signs[:24]:
        yield sign * length + "\x01"
    spoken = [sign for sign in signs[3:] if sign.isalnum() or sign in "{}$<>#:./@%_=\"'[](),|&*"][:6]
    for one in spoken:
        for two in ("a", " ", "\n", "."):
            yield (one + two) * (length // 2) + "\x01"
    for word in re.findall(r"[A-Za-z#{$<:-]{3,}", pattern)[:3]:
        yield word * (length // len(word)) + "\x01"


class _TooLong(Exception):
    """A text took so long that it need not be waited for."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooLong


def _seconds(pattern: re.Pattern[str], is_searched: bool, text: str) -> float:
    """How long an expression takes for a text; more than HANGS is not waited for, where the platform has timers."""
    if not hasattr(signal, "setitimer"):
        return _measured(pattern, is_searched, text)
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS + 0.1)
    try:
        return _measured(pattern, is_searched, text)
    except _TooLong:
        return HANGS + 0.1
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _measured(pattern: re.Pattern[str], is_searched: bool, text: str) -> float:
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
        for few, many in zip(_texts(pattern, SHORT), _texts(pattern, LONG), strict=True):
            taken = _seconds(pattern, is_searched, few)
            if taken > HANGS or (taken > SUSPICIOUS and _seconds(pattern, is_searched, many) > HANGS):
                yield pattern.pattern[:100], few[:40]
                break


@pytest.mark.slow
def test_no_expression_goes_back_and_forth() -> None:
    found = _patterns()
    assert len(found) > 100
    assert list(_hanging(found)) == []


@pytest.mark.slow
def test_the_sweep_finds_what_it_looks_for() -> None:
    hard = re.compile(r"[a-z]*y")
    assert [pattern for pattern, _ in _hanging({hard: True, re.compile(r"[a-z]+;"): False})] == [hard.pattern]
    spread = re.compile(r"until\s+([^;\n]{1,500}?)\s*;")
    assert [pattern for pattern, _ in _hanging({spread: True})] == [spread.pattern]
    doubled = re.compile(r"s/(?:\\.|[^/]){2,200}?/")
    assert [pattern for pattern, _ in _hanging({doubled: True})] == [doubled.pattern]
