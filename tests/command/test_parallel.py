"""Work in shares has the outcome of work in one piece."""

from __future__ import annotations

import itertools
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint import parallel
from kubetrial.lint.command import cli
from kubetrial.lint.engine import reading, ruling, sets

from tests.conftest import ROOT

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform cannot fork")


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.integers(2, 9))
def test_bounds_tile_what_there_is(weights: list[int], jobs: int) -> None:
    bounds = parallel._bounds(weights, jobs)
    assert (bounds[0], bounds[-1], len(bounds)) == (0, len(weights), jobs + 1)
    assert bounds == sorted(bounds)
    heaviest = max(sum(weights[a:b]) for a, b in itertools.pairwise(bounds))
    assert heaviest <= sum(weights) / jobs + max(weights)


@forks
@pytest.mark.parametrize("jobs", [1, 2, 3, 8])
def test_shares_come_in_order(jobs: int) -> None:
    parts = parallel.shares([1] * 10, jobs, lambda start, stop: list(range(start, stop)), least=1)
    assert [number for part in parts for number in part] == list(range(10))
    assert len(parts) == jobs


def test_little_work_is_not_shared() -> None:
    assert len(parallel.shares([1] * 10, 8, lambda start, stop: os.getpid(), least=6)) == 1


@forks
def test_a_share_whose_process_dies_is_done_here() -> None:
    here = os.getpid()

    def work(start: int, stop: int) -> list[int]:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(range(start, stop))

    assert [n for part in parallel.shares([1] * 6, 3, work, least=1) for n in part] == list(range(6))


@forks
def test_a_mistake_of_a_share_is_raised_here() -> None:
    def work(start: int, stop: int) -> int:
        return 1 // start if start else 0

    def wrong(start: int, stop: int) -> int:
        raise ZeroDivisionError

    assert parallel.shares([1] * 2, 2, work, least=1) == [0, 1]
    with pytest.raises(ZeroDivisionError):
        parallel.shares([1] * 2, 2, wrong, least=1)


@forks
@pytest.mark.parametrize("select", ["default", "all"])
def test_one_and_several_processes_say_the_same(
    select: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """All fixtures of the rules, byte by byte, with shares so small that all kinds of work are shared."""
    monkeypatch.setattr(ruling, "WORTH_RULES", 1)
    monkeypatch.setattr(reading, "WORTH_READING", 1)
    monkeypatch.setattr(sets, "WORTH_PLAYS", 1)
    words = ["check", str(ROOT / "tests" / "rules"), "--output-format", "json"]
    words += ["--select", "all"] if select == "all" else []
    outcomes = []
    for jobs in ("1", "3"):
        code = cli.main([*words, "--jobs", jobs])
        outcomes.append((code, *capfdbinary.readouterr()))
    assert outcomes[0] == outcomes[1]
    assert len(outcomes[0][1]) > 10_000


@forks
def test_what_a_share_looks_at_is_heard_here(tmp_path: Path) -> None:
    import sys

    heard: list[str] = []
    listens = [True]

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if listens[0] and event == "open":
            heard.append(str(arguments[0]))

    sys.addaudithook(hear)
    for name in ("0", "1"):
        (tmp_path / name).write_text("x")
    heard.clear()
    parallel.shares([1, 1], 2, lambda start, stop: (tmp_path / str(start)).read_text(), least=1)
    listens[0] = False
    assert {str(tmp_path / "0"), str(tmp_path / "1")} <= set(heard)


def test_wrong_numbers_of_processes(capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("0", "-1", "many", "1" * 30):
        assert cli.main(["check", "--jobs", word, "."]) == 2
        assert "no number of processes" in capsys.readouterr().err
    assert parallel.cores() >= 1
