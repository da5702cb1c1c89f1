"""Copies of one object in several files: what is risky is said once, what is refused of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli

JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: clean}
spec:
  schedule: "0 * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: a, image: "a:1"}]
"""

Check = Callable[[dict[str, str]], list[dict[str, Any]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    def run(files: dict[str, str]) -> list[dict[str, Any]]:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        monkeypatch.chdir(tmp_path)
        select = "cronjob-forbid-without-deadline,field-unknown"
        cli.main(["check", "--isolated", "--no-progress", "--select", select, "--output-format", "json", "."])
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
        return [one for one in found if not one["suppressed"]]

    return run


def test_a_risk_of_copies_is_said_once(check: Check) -> None:
    other = JOB.replace("a:1", "a:2")
    found = check({"a.yaml": JOB, "b.yaml": f"# all of it\n---\n{JOB}", "c.yaml": JOB, "d.yaml": other})
    assert [one["file"] for one in found] == ["a.yaml", "d.yaml"]
    assert found[0]["message"].endswith("(and in the same object in b.yaml, c.yaml)")
    assert [related["file"] for related in found[0]["related"]][-2:] == ["b.yaml", "c.yaml"]


def test_what_is_refused_is_told_of_each_copy(check: Check) -> None:
    wrong = JOB.replace("concurrencyPolicy", "concurencyPolicy")
    assert [one["file"] for one in check({"a.yaml": wrong, "b.yaml": wrong})] == ["a.yaml", "b.yaml"]


def test_a_comment_silences_its_own_copy_only(check: Check) -> None:
    quiet = JOB.replace("Forbid", "Forbid # kubetrial: ignore[cronjob-forbid-without-deadline] it is short")
    assert [one["file"] for one in check({"a.yaml": quiet, "b.yaml": JOB})] == ["b.yaml"]
