"""Shared by all tests: `--update` rewrites golden files, `shared` is the folder of recorded truth beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every run and no clock: a busy machine or a lucky draw must not decide whether a change is good.
# HYPOTHESIS_PROFILE=search draws new ones.
settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
os.environ["KUBETRIAL_CACHE_DIR"] = ""  # commands that tests start are run, not said again (see test_replay.py)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


SLOW = (
    "fuzz/",
    "test_growth.py",
    "test_packaging.py",
    "test_parallel.py",
    "test_replay.py",
    "test_verdicts.py",
    "test_zsh",
    "lives_long",
)
"""Parts of the names of tests that take seconds: `-m "not slow"` leaves them out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(part in item.nodeid for part in SLOW):
            item.add_marker("slow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write golden files anew instead of comparing with them")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded verdicts, timelines and manifests; tests that need it are skipped without it."""
    if not SHARED.is_dir():
        pytest.skip("no recorded truth beside this checkout")
    return SHARED
