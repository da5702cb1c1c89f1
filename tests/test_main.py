"""`python -m kubetrial` is the command, and runs nothing of the folder it stands in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_nothing_of_the_working_folder_is_imported(tmp_path: Path) -> None:
    for name in ("json", "argparse", "tomllib", "subprocess"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('code of the checked repository ran')\n")
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "dev")}
    command = [sys.executable, "-m", "kubetrial", "check", "a.yaml", "--output-format", "json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "value-wrong-type" in done.stdout


def test_a_working_folder_that_was_deleted(tmp_path: Path) -> None:
    """Relative paths are refused, where they would be read from the root otherwise; absolute ones still count."""
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "dev")}
    gone = tmp_path / "gone"
    for path, code in ((".", 2), ("a.yaml", 2), (str(tmp_path / "a.yaml"), 1)):
        gone.mkdir()
        command = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m kubetrial check {path}"
        done = subprocess.run(
            ["sh", "-c", command], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == code, done.stderr
        assert ("the working folder was deleted" in done.stderr) == (code == 2)
