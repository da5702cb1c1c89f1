"""`python -m kubetrial` is the command, and runs nothing of the folder it stands in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_nothing_of_the_working_folder_is_imported(tmp_path: Path) -> None:
    for name in ("json", "argparse", "tomllib", "subprocess"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('code of the checked repository ran')\n")
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "dev")}
    command = [sys.executable, "-m", "kubetrial", "check", "a.yaml", "--output-format", "json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "value-wrong-type" in done.stdout
