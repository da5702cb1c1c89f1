"""Patterns that are compiled when they are first asked: all of them can be, and they find what others find."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

from kubetrial.lint.values import pattern

from tests.conftest import ROOT


def test_every_pattern_compiles() -> None:
    ours = [path for folder in ("lint", "rules") for path in (ROOT / folder).rglob("*.py")]
    users = [path for path in ours if "values.pattern import" in path.read_text(encoding="utf-8")]
    found = [one for path in users for one in _patterns(path)]
    assert len(found) > 50
    for one in found:
        empty = b"" if isinstance(one.pattern, bytes) else ""
        assert one.search(empty) is None or one.search(empty).end() == 0


def _patterns(path: Path) -> list[re.Pattern[Any]]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    values = vars(importlib.import_module(f"kubetrial.{name}")).values()
    flat = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    return [one for one in flat if isinstance(one, pattern.Later)]


def test_a_pattern_finds_what_a_compiled_one_finds() -> None:
    late, compiled = pattern.pattern(r"(a+)b", re.I), re.compile(r"(a+)b", re.I)
    assert [m.group(1) for m in late.finditer("xAAb ab")] == [m.group(1) for m in compiled.finditer("xAAb ab")]
    assert late.fullmatch("aab") is not None
    assert late.fullmatch("aabc") is None
    assert late.sub("-", "aabc") == "-c"
    assert late.pattern == compiled.pattern
