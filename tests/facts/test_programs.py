"""What commands and images show of containers, and that nothing else is guessed."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.facts import programs
from kubetrial.lint.trial import run
from kubetrial.lint.trial.scenario import Scenario


@pytest.mark.parametrize(
    ("words", "seconds", "code"),
    [
        (["sleep", "infinity"], math.inf, 0),
        (["/bin/sleep", "2h"], 7200, 0),
        (["sleep", "1m", "30"], 90, 0),
        (["tail", "-f", "/var/log/app.log"], math.inf, 0),
        (["false"], 0, 1),
        (["/bin/true"], 0, 0),
        (["sh", "-c", "exit 3"], 0, 3),
        (["sh", "-c", "echo 'not; yet' && sleep 5 && exit 1"], 5, 1),
        (["sh", "-c", "false && sleep 5; echo $NAME"], 0, 0),
        (["sh", "-c", "false; exit"], 0, 1),
        (["bash", "-ec", "false\nsleep 9"], 0, 1),
        (["sh", "-c", "set -eu; sleep 3; false; sleep 9"], 3, 1),
        (["sh", "-c", "while true; do date; sleep 10; done"], math.inf, 0),
        (["sh", "-c", "while true; do ./work; sleep 30; done"], math.inf, 0),
        (["vault", "agent", "-config=/etc/vault.hcl"], math.inf, 0),
        (["sh", "-c", "./prepare && tail -f /dev/null"], math.inf, 0),
        (["sh", "-c", "exec sleep 4"], 4, 0),
    ],
)
def test_commands_of_the_table(words: list[str], seconds: float, code: int) -> None:
    found = programs.known({"command": words})
    assert found is not None
    assert (found.seconds, found.code) == (seconds, code)


@pytest.mark.parametrize(
    "container",
    [
        {"command": ["./server"]},
        {"command": ["sh", "-c", "./work; exit 1"]},
        {"command": ["sh", "-c", "sleep $TIME"]},
        {"command": ["sh", "-c", "sleep 5 || exit 1"]},
        {"command": ["sh", "-c", "sleep 5 & wait"]},
        {"command": ["sh", "-c", "echo $(./work); exit 0"]},
        {"command": ["sh", "-c", "echo 'open"]},
        {"command": ["sh", "-c", "while true; do sleep 5; exit 0; done"]},
        {"command": ["sh", "run.sh"]},
        {"command": ["sleep", "a while"]},
        {"command": ["exit", "1"]},
        {"command": ["exec", "sleep", "4"]},
        {"command": ["sh", "-c", "false && sleep 5 || exit 1"]},
        {"command": ["sh", "-ec", "while true; do sleep 5; false; done"]},
        {"args": ["sleep", "90"]},
        {"args": ["false"]},
        {"image": "registry.example/fluent-bit:2.1", "command": ["./check-configuration"]},
        {"image": "registry.example/app:1"},
        {},
    ],
)
def test_nothing_else_is_guessed(container: dict[str, Any]) -> None:
    assert programs.known(container) is None


def test_a_program_gets_its_arguments_as_they_stand() -> None:
    found = programs.known({"command": ["echo", "done", ";", "exit", "1"]})
    assert found is not None
    assert found.code == 0


def test_a_script_of_several_lines_is_told_in_one() -> None:
    found = programs.known({"command": ["sh", "-c", "set -e\n  sleep 3\n  exit 4\n"]})
    assert found == programs.Program(3, 4, "exits after 3 s with 4 (`sh -c set -e sleep 3 exit 4`)")


def test_an_entrypoint_that_is_told_to_wait_waits() -> None:
    found = programs.known({"args": ["sleep", "infinity"]})
    assert found is not None
    assert found.seconds == math.inf


def test_a_helper_runs_for_ever() -> None:
    found = programs.known({"image": "registry.example/proxies/envoy@sha256:0"})
    assert found is not None
    assert found.seconds == math.inf


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_command_is_read_or_left(words: list[str]) -> None:
    found = programs.known({"command": ["sh", "-c", *words]})
    assert found is None or (found.seconds >= 0 and 0 <= found.code < 256)


def _job(command: list[str]) -> dict[str, Any]:
    container = {"name": "main", "image": "registry.example/app:1", "command": command}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "work"},
        "spec": {"backoffLimit": 0, "template": template},
    }


def test_a_trial_reads_commands_only_when_asked() -> None:
    jobs = [_job(["sh", "-c", "sleep 20; exit 1"])]
    assert run(jobs, Scenario()).final("job", "work")[0].detail["condition"] == "Complete"
    read = run(jobs, Scenario(reads_commands=True))
    assert read.final("job", "work")[0].detail["condition"] == "Failed"
    assert 19 < read.find("pod", "failed", "work/*")[0].time < 23
