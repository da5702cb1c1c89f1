"""A few inputs of every surface of the harness; `python tests/fuzz/harness.py --minutes 60` is the longer run."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("fuzz_harness", Path(__file__).with_name("harness.py"))
assert spec is not None
assert spec.loader is not None
harness = sys.modules["fuzz_harness"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(harness)
inputs, surfaces = harness.inputs, sys.modules["surfaces"]

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11) or sys.platform == "win32", reason="it needs chdir and timers"
)
READ = (
    "text",
    "objects",
    "engine",
    "reports",
    "fixes",
    "plays",
    "definitions",
    "kustomizations",
    "charts",
    "templates",
)
BUILT = ("plays", "kustomizations", "charts", "templates")


@pytest.mark.parametrize("surface", harness.SURFACES)
def test_nothing_gets_out(surface: str) -> None:
    before = dict(harness.counts)
    for number in range(60 if surface in surfaces.MEMORY else 10):
        harness.one(surface, number)
    if surface in READ:
        assert harness.counts["objects"] > before["objects"], "some inputs are read as objects"
    if surface in BUILT:
        assert harness.counts["reached"] > before["reached"], "some reach the trial or a builder"


def test_half_of_a_round_is_read_as_objects_and_a_tenth_reaches_the_trial_or_a_builder() -> None:
    before, done = dict(harness.counts), 0
    for number, surface in zip(range(400), harness._round(None), strict=False):
        if surface in surfaces.MEMORY:
            harness.one(surface, number)
            done += 1
    assert harness.counts["objects"] - before["objects"] > done // 2
    assert harness.counts["reached"] - before["reached"] > done // 10


def test_bytes_choose_as_numbers_do() -> None:
    """What a guided engine feeds: all bytes give an input, the same bytes the same one, and it ends where they end."""
    for data in (b"", b"\xff" * 400, random.Random(1).randbytes(300)):
        for make, _ in surfaces.SURFACES.values():
            assert make(inputs.Choices(data)) == make(inputs.Choices(data))


def test_what_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(surfaces.engine, "check_texts", broken)
    with pytest.raises(KeyError):
        harness.one("engine", 0)
