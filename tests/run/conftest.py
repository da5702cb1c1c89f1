"""Runs `kubetrial run` as people do, in a scratch folder."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from kubetrial.lint.command import cli

JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: crunch
spec:
  backoffLimit: 2
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: registry.example.com/crunch:1
"""


class Run:
    """Runs the command and gives (exit code, output, errors)."""

    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
        self.captured = capfdbinary
        self.monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> tuple[int, str, str]:
        if stdin is not None:
            self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        self.captured.readouterr()
        try:
            code = cli.main(["run", *arguments])
        except SystemExit as leave:
            code = int(leave.code or 0)
        out, err = self.captured.readouterr()
        return code, out.decode("utf-8"), err.decode("utf-8")


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, without what the surroundings say about terminals."""
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    return Run(capfdbinary, monkeypatch)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory, with job.yaml in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "job.yaml").write_text(JOB)
    return tmp_path
