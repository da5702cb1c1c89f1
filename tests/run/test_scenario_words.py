"""Scenarios as people write and choose them: lengths of time, lists, the list of what there is, and narrow terminals."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.trial.scenario_file import in_seconds
from kubetrial.lint.trial.shown.draw_text import _cells
from kubetrial.lint.values.timespan import seconds_of

from tests.conftest import ROOT

from .conftest import Run

pytestmark = pytest.mark.usefixtures("here")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("2m", 120),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("7d", 604800),
        ("500ms", 0.5),
        ("1w", 604800),
    ],
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "2 m", "2m3", "-2m", "two", "2y", "forever", "٢m", "9" * 80])
def test_what_is_no_length_of_time(text: str) -> None:
    assert seconds_of(text) is None


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=6), inner),
    )
)
def test_what_names_no_time_stays_as_it_is(value) -> None:
    assert in_seconds(value) == value or any(key in str(value) for key in ("at", "seconds", "Seconds"))


def test_a_scenario_file_with_lengths_of_time(run: Run, here: Path) -> None:
    (here / "slow.yaml").write_text(
        "horizonSeconds: 20m\n"
        "workloads: {Job/crunch: {containers: {main: {runSeconds: [1m30s, forever], exitCodes: [0]}}}}\n"
        "actions: [{at: 2m, verb: patch, target: Job/crunch, value: {spec: {suspend: false, at: 2m}}, mayFail: true}]\n"
    )
    code, out, _ = run("job.yaml", "--scenario", "slow.yaml")
    assert code == 0
    assert "1m30" in out
    assert "20m" in out.partition("\n\n")[0]


def test_the_list_of_scenarios(run: Run) -> None:
    from kubetrial.lint.command.run import spoken_names

    code, out, _ = run("--scenario", "list")
    assert code == 0
    assert [line.split()[0] for line in out.partition("\n\n")[0].splitlines()] == spoken_names()


def test_several_scenarios_at_once(run: Run) -> None:
    code, out, _ = run("job.yaml", "--scenario", "nominal, every-pod-fails")
    assert code == 0
    assert out.count("assumed: scenario ") == 2
    assert "Complete: 1 succeeded" in out
    assert "BackoffLimitExceeded" in out
    code, _, err = run("job.yaml", "--scenario", "nominal,failing", "--output-format", "json")
    assert code == 2
    assert "json shows one scenario" in err
    assert run("job.yaml", "--scenario", "nominal,nope")[0] == 2


def test_a_job_that_has_ended_has_no_deadline(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert "deadline" not in run("examples/right/job.yaml")[1]
    assert "deadline" in run("examples/right/job.yaml", "--scenario", "hanging")[1]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("name", ["job", "daemonset", "statefulset", "cronjob"])
def test_nothing_is_wider_than_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, width: int, name: str) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", str(width))
    out = run(f"examples/right/{name}.yaml", "--scenario", "drain-each-node")[1]
    assert max(map(_cells, out.splitlines())) <= width
