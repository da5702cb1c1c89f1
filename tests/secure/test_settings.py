"""Configuration of a checkout: it runs nothing and reads nothing outside, however it is brought in; interruptions and memory."""

from __future__ import annotations

import functools
import gc
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kubetrial.lint import engine
from kubetrial.lint.command import check, cli

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
        for cached in [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]:
            if cached.cache_parameters()["maxsize"] is not None:
                cached.cache_clear()  # what is bounded does not grow for ever
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


def test_folders_of_rules_that_only_the_configuration_names_are_not_read_elsewhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their names and summaries are shown, which are nobody's business where the folder lies outside."""
    outside = folder.parent / "outside"
    shutil.move(folder / "rules", outside)
    (folder / "link").symlink_to(outside)
    for name in ("../outside", str(outside), "link", "a\\u0000b"):
        (folder / ".kubetrial.toml").write_text(f'rules-dirs = ["{name}"]\n')
        assert cli.main(["rules"]) == 0
        assert "Runs when it is imported" not in capsys.readouterr().out
        assert cli.main(["check", "."]) == 0
        assert "rules-dirs" in "".join(capsys.readouterr())
    (folder / ".kubetrial.toml").write_text("")
    assert cli.main(["rules", "--rules", str(outside)]) == 0
    assert "Runs when it is imported" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["-" * 100_000 + "1", "(" * 10_000, "\0", "x = 1" + "0" * 10_000])
def test_rules_that_no_parser_takes_are_told(folder: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules" / "evil.py").write_text(source)
    (folder / ".kubetrial.toml").write_text('rules-dirs = ["rules"]\n')
    assert cli.main(["check", "."]) == 2
    assert "evil.py" in capsys.readouterr().err


def test_a_rule_that_is_a_fifo_is_not_waited_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules" / "evil.py").unlink()
    os.mkfifo(folder / "rules" / "evil.py")
    (folder / ".kubetrial.toml").write_text('rules-dirs = ["rules"]\n')
    assert cli.main(["check", "."]) == 2
    assert "no regular file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (".kubetrial.toml", "[cluster]\nzones = 0\n", "every node lies in a zone"),
        ("pyproject.toml", '[tool]\nkubetrial = "x"\n', "has to be a table"),
        ("pyproject.toml", '[tool]\nkubetrial.selct = ["all"]\n', "did you mean select"),
    ],
)
def test_wrong_settings_are_told(
    folder: Path, file: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / file).write_text(text)
    assert cli.main(["check", "."]) == 2
    assert said in capsys.readouterr().err


def test_the_settings_of_others_who_use_kubetrial_are_passed_over(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.poetry.dev-dependencies]\nkubetrial = "^1"\n')
    assert cli.main(["check", "."]) == 0


def test_what_a_wrong_setting_is_called_drives_no_terminal_and_no_ci(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("\\u001b[31m", "a\\n::error::b", "a\\n##vso[task]b"):
        (folder / ".kubetrial.toml").write_text(f'"{key}" = 1\n')
        assert cli.main(["check", "."]) == 2
        said = capsys.readouterr().err
        assert "\x1b" not in said
        assert "##vso[" not in said
        assert not any(row.lstrip().startswith("::") for row in said.splitlines())


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n---\n", "---\n# Source: x\n", "null\n", "---\n...\n"])
def test_a_pipe_that_broke_is_no_success(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """kubectl apply says `no objects passed to apply` and fails."""
    for words in (["check", "-"], ["check", "-", "a.yaml"], ["check", "--diff", "-"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert cli.main(words) == 2
        assert "standard input" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert cli.main(["check", "--stdin-filename", "a.yaml", "-"]) == 0, "an editor asks while people write"


def test_standard_input_has_an_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(check, "MOST_BYTES", 10)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert cli.main(["check", "-"]) != 0
    assert "MiB" in "".join(capsys.readouterr())
