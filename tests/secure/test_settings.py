"""Configuration of a checkout: it runs nothing and reads nothing outside, however it is brought in; interruptions and memory."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kubetrial.lint import engine
from kubetrial.lint.command import cli

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n"
COMMAND = [sys.executable, "-c", "import sys; from kubetrial.lint.command.cli import main; sys.exit(main())"]
EVIL = '''"""Runs when it is imported."""

from pathlib import Path

from kubetrial.lint.authoring import Category, ConfigMap, Findings, rule

Path("RAN").write_text("")


@rule(Category.RISKY)
def check(config: ConfigMap) -> Findings:
    """Says nothing."""
    return iter(())
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    inside = tmp_path / "inside"
    (inside / "rules").mkdir(parents=True)
    (inside / ".git").mkdir()
    (inside / "a.yaml").write_text(GOOD)
    (inside / "rules" / "evil.py").write_text(EVIL)
    monkeypatch.chdir(inside)
    monkeypatch.delenv("KUBETRIAL_TRUST_RULES", raising=False)
    return inside


@pytest.mark.parametrize("words", [["check", "."], ["check", "--show-settings", "."], ["explain", "evil"], ["rules"]])
def test_rules_that_come_through_extend_run_no_code(folder: Path, words: list[str]) -> None:
    (folder / "shared").mkdir()
    (folder / "shared" / "base.toml").write_text('rules-dirs = ["../rules"]\n')
    (folder / ".kubetrial.toml").write_text('extend = "shared/base.toml"\n')
    cli.main(words)
    assert not (folder / "RAN").exists()


def test_the_users_word_makes_them_run(folder: Path) -> None:
    assert cli.main(["check", "--rules", "rules", "."]) == 0
    assert (folder / "RAN").exists()


def test_settings_outside_of_the_repository_are_not_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.parent / "outside.toml").write_text('ignore = ["all"]\n')
    for word in ("../outside.toml", "link.toml"):
        if word[0] == "l":
            (folder / word).symlink_to("../outside.toml")
        (folder / ".kubetrial.toml").write_text(f'extend = "{word}"\n')
        assert cli.main(["check", "."]) == 2
        assert "outside of the repository" in capsys.readouterr().err


def test_settings_of_a_neighbour_in_the_repository_are_read(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "a.yaml").write_text(GOOD)
    (folder / "base.toml").write_text('fail-on = "error"\n')
    (folder / "deep" / ".kubetrial.toml").write_text('extend = "../base.toml"\n')
    assert cli.main(["check", "deep"]) == 0


@pytest.mark.skipif(os.name != "posix", reason="devices and FIFOs are those of POSIX")
@pytest.mark.parametrize("what", ["fifo", "/dev/zero"])
def test_a_configuration_that_is_no_file_is_told(folder: Path, capsys: pytest.CaptureFixture[str], what: str) -> None:
    (folder / "a.yaml").write_text(GOOD)
    os.mkfifo(folder / ".kubetrial.toml") if what == "fifo" else (folder / ".kubetrial.toml").symlink_to(what)
    assert cli.main(["check", "."]) == 2
    assert "no regular file" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_an_interruption_is_130_and_no_traceback(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    running = subprocess.Popen([*COMMAND, "check", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)  # it waits for the end of the text
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in said


def test_a_process_that_lives_long_keeps_nothing() -> None:
    """An editor checks each state of a buffer in one process: what a check makes is gone after it."""

    def check(number: int) -> None:
        text = f"{GOOD}data: {{a{number}: b, c: {number}}}\n---\n{GOOD.replace('one', f'n{number}')}x{number}: 1\n"
        engine.check_texts(
            [engine.Text(f"file-{number}.yaml", text)], choice=engine.Choice(selected=lambda entry: True)
        )

    def objects() -> int:
        gc.collect()
        return len(gc.get_objects())

    for number in range(300):
        check(number)
    before = objects()
    for number in range(300, 1300):
        check(number)
    assert objects() - before < 2000, "fewer than two objects a check"


@pytest.mark.skipif(os.name != "posix" or shutil.which("git") is None, reason="it needs git and POSIX names")
def test_hostile_names_through_a_real_pre_commit(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    root = tmp_path / "hook"
    root.mkdir()
    names = [
        "-n.yaml",
        "--rules=evil.yaml",
        "--output-file=x.yaml",
        "a b.yaml",
        "a\nb.yaml",
    ]
    for name in names:
        (root / name).write_text(f"{GOOD}data: {{size: 5}}\n")
    entry = f"{sys.executable} -c '{COMMAND[2]}' check --force-exclude --no-progress"
    (root / ".pre-commit-config.yaml").write_text(
        f"""repos:
- repo: local
  hooks:
  - {{id: k, name: k, language: system, files: 'yaml$', exclude: pre-commit, require_serial: true, entry: "{entry}"}}
"""
    )
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }

    def call(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(words, cwd=root, env=environment, capture_output=True, check=False, timeout=120)

    assert call("git", "init", "-q").returncode == 0
    call("git", "add", "-A")
    done = call(sys.executable, "-m", "pre_commit", "run", "--all-files")
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "is an option" in said or "--rules" in said
    assert not (root / "x.yaml").exists()
