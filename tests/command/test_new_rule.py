"""The recipe for a new rule, followed in a copy of the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout with rules and without tests but their folder; modules are imported through the links, as in a real one."""
    for folder in ("lint", "rules", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    package = tmp_path / "tests" / "dev" / "kubetrial"
    package.mkdir(parents=True)
    for folder in ("lint", "rules", "schemas"):
        (package / folder).symlink_to(tmp_path / folder)
    return tmp_path


def new_rule(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kubetrial.lint.command.new_rule", *words]
    return subprocess.run(command, cwd=clone / "tests" / "dev", capture_output=True, text=True, check=False)


def test_a_rule_its_fixture_and_the_index(clone: Path) -> None:
    done = new_rule(clone, "job-sleeps-late", "Job", "risky")
    assert done.returncode == 0, done.stderr
    assert "def check(job: Job)" in (clone / "rules" / "job_sleeps_late.py").read_text()
    assert "# expect: job-sleeps-late" in (clone / "tests" / "rules" / "job_sleeps_late.yaml").read_text()
    assert '"job-sleeps-late"' in (clone / "rules" / "index.json").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Job", "Job", "risky"), "subject"),
        (("job-sleeps-late", "Jop", "risky"), "no view"),
        (("job-sleeps-late", "Job", "terrible"), "category"),
        (("job-name-too-long", "Job", "risky"), "already"),
    ],
)
def test_wrong_words_leave_nothing_behind(clone: Path, words: tuple[str, ...], said: str) -> None:
    before = sorted(clone.rglob("*.py"))
    done = new_rule(clone, *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert sorted(clone.rglob("*.py")) == before
