"""Completion in the shells themselves, where they are installed, and the words that every script must know."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kubetrial.lint.command import cli, completion


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A PATH on which `kubetrial` is this one."""
    folder = tmp_path_factory.mktemp("bin")
    command = folder / "kubetrial"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kubetrial.lint.command.cli "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb"}


def call(environment: dict[str, str], *command: str, cwd: Path) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=cwd, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


CASES = [
    (("kubetrial", "ch"), "check"),
    (("kubetrial", "check", "--output-fo"), "--output-format"),
    (("kubetrial", "check", "--output-format", "sar"), "sarif"),
    (("kubetrial", "check", "--select", "cronjob-never-d"), "cronjob-never-due"),
    (("kubetrial", "explain", "cronjob-never-d"), "cronjob-never-due"),
    (("kubetrial", "run", "--scenario", "no-im"), "no-image"),
    (("kubetrial", "rules", "--category", "rej"), "rejected"),
    (("kubetrial", "crds", "a"), "add"),
    (("kubetrial", "completion", "fi"), "fish"),
    (("kubetrial", "check", "manif"), "manifest.yaml"),
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(("words", "wanted"), CASES)
def test_bash(words: tuple[str, ...], wanted: str, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").touch()
    script = 'eval "$(kubetrial completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _kubetrial; printf "%s\\n" "${COMPREPLY[@]}"'
    found = call(environment, "bash", "-c", script, "x", *words, cwd=tmp_path).split()
    assert found == [wanted] or (wanted == "manifest.yaml" and not found)  # none of ours: bash itself completes files


@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
@pytest.mark.parametrize(("words", "wanted"), CASES)
def test_fish(words: tuple[str, ...], wanted: str, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").touch()
    line = " ".join(words)
    found = call(environment, "fish", "-c", f'kubetrial completion fish | source; complete -C "{line}"', cwd=tmp_path)
    assert [row.split("\t")[0] for row in found.splitlines()] == [wanted]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
@pytest.mark.parametrize(("words", "wanted"), CASES)
def test_zsh(words: tuple[str, ...], wanted: str, environment: dict[str, str], tmp_path: Path) -> None:
    """A terminal inside of zsh in which the line is typed and completed."""
    (tmp_path / "manifest.yaml").touch()
    line = " ".join(words)
    script = f"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; PROMPT=; unsetopt zle_bracketed_paste 2>/dev/null; autoload -U compinit; compinit -u -D; eval "$(kubetrial completion zsh)"; echo re""ady'
while zpty -r shell row; do [[ $row == *ready* ]] && break; done
zpty -w -n shell {completion._quoted(line)}$'\\t'
sleep 2
zpty -w -n shell $'\\C-a'"print -r -- GOT="$'\\C-e\\n'
while zpty -r shell row; do print -r -- $row; [[ $row == *GOT=* && $row != *print* ]] && break; done
"""
    done = subprocess.run(
        ["zsh", "-f", "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    got = [row.strip() for row in done.stdout.replace("\r", "\n").splitlines() if row.strip().startswith("GOT=")]
    assert got, done.stdout + done.stderr
    assert got[-1].split()[-1] == wanted


def test_every_command_and_option_is_known() -> None:
    top = cli.parser()
    known = completion.commands(top)
    assert {"check", "run", "init", "completion", "crds"} <= set(known)
    for shell in ("bash", "zsh", "fish"):
        script = completion.script(shell, top)
        for command, (_, words) in known.items():
            assert command in script
            for name in (name for word in words for name in word.names if name.startswith("--")):
                assert (name if shell != "fish" else f"-l {name[2:]}") in script
