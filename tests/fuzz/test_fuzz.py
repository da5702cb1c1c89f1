"""A few inputs of every surface of the harness; `python tests/fuzz/harness.py --minutes 60` is the longer run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("fuzz_harness", Path(__file__).with_name("harness.py"))
assert spec is not None
assert spec.loader is not None
harness = sys.modules["fuzz_harness"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(harness)


@pytest.mark.skipif(sys.version_info < (3, 11) or sys.platform == "win32", reason="it needs chdir and timers")
@pytest.mark.parametrize("surface", harness.SURFACES)
def test_nothing_gets_out(surface: str) -> None:
    before = harness.counts["objects"]
    for number in range(12):
        harness.one(surface, number)
    assert harness.counts["objects"] > before or surface == "scenario", "some inputs are read as objects"


def test_what_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(harness.engine, "check_texts", broken)
    with pytest.raises(KeyError):
        harness.one("manifests", 0)
