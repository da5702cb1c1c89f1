"""Streams that are closed, full or left, words that name files, and files that are none: a run ends in one line and the right code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kubetrial.lint.command import cli

BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {size: 5}\n"
COMMAND = [sys.executable, "-c", "import sys; from kubetrial.lint.command.cli import main; sys.exit(main())"]
unix = pytest.mark.skipif(os.name != "posix", reason="descriptors are those of POSIX")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(BAD)
    return tmp_path


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which KT is the command."""
    environment = {**os.environ, "PY": sys.executable, "CODE": COMMAND[2]}
    line = line.replace("KT", '"$PY" -c "$CODE"')
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment, check=False, timeout=60)


@unix
def test_findings_decide_when_the_reader_has_gone() -> None:
    assert shell("{ KT check .; echo $? >code; } | true; cat code").stdout.strip() == "1"


@unix
@pytest.mark.parametrize("line", ["KT check . > /dev/full", "KT check - <&-", "KT check . >&-", "KT check . 2>&-"])
def test_what_is_lost_is_no_success_and_no_traceback(line: str) -> None:
    done = shell(line)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@unix
@pytest.mark.parametrize("where", [">&-", "> /dev/full"])
@pytest.mark.parametrize(
    "words", ["check .", "check --output-format json .", "explain key-duplicate", "rules", "--version"]
)
def test_a_report_that_nobody_can_read_is_no_success(folder: Path, words: str, where: str) -> None:
    (folder / "a.yaml").write_text(BAD.replace("5", '"5"'))
    done = shell(f"KT {words} {where}")
    assert done.returncode == 2
    assert "the output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@unix
def test_the_entry_point_remembers_what_was_lost(folder: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$PY" -m kubetrial rules >&-'],
        capture_output=True,
        text=True,
        env={**os.environ, "PY": sys.executable, "KUBETRIAL_CACHE_DIR": str(folder / "cache")},
        check=False,
        timeout=60,
    )
    assert (done.returncode, "standard output is closed" in done.stderr) == (2, True)


@unix
def test_without_a_word_a_closed_output_is_no_mistake(folder: Path) -> None:
    (folder / "a.yaml").write_text(BAD.replace("5", '"5"'))
    assert shell("KT check --output-format github . >&-").returncode == 0


def test_quiet_is_silent_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--quiet", "--output-format", "sarif", "."]) == 1
    assert capsys.readouterr().err == ""


NAMES = ["-web.yaml", "- web.yaml", "-\n.yaml", "-\udcff.yaml", "-w.yaml"]


@unix
@pytest.mark.parametrize("name", NAMES)
def test_a_file_whose_name_begins_with_a_dash_is_that_file(folder: Path, name: str) -> None:
    (folder / name).write_text(BAD)
    assert cli.main(["check", name]) == 1


OPTIONS = [
    "--rules=x.yaml",
    "--output-file=x.yaml",
    "--output-f=x.yaml",
    "--fix",
    "--un",
    "-h",
    "--diff=x.yaml",
]


@unix
@pytest.mark.parametrize("name", OPTIONS)
def test_a_file_whose_name_is_an_option_is_refused(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_text(BAD)
    assert cli.main(["check", "a.yaml", name]) == 2
    assert f"write ./{name}" in capsys.readouterr().err
    assert cli.main(["check", f"./{name}"]) == 1
    assert cli.main(["check", "--", name]) == 1


@unix
@pytest.mark.parametrize("name", [".gitignore", ".kubetrial.toml", "schemas/boat_v1.json", "b.yaml", "pyproject.toml"])
@pytest.mark.parametrize("target", ["/dev/zero", "/proc/self/environ", "fifo"])
def test_devices_and_pipes_are_never_waited_for(folder: Path, name: str, target: str) -> None:
    (folder / "schemas").mkdir()
    (folder / "boat.yaml").write_text("apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: one}\n")
    if target == "fifo":
        os.mkfifo(folder / name)
    else:
        os.symlink(target, folder / name)
    done = shell("KT check --schema-dir schemas . b.yaml" if name == "b.yaml" else "KT check --schema-dir schemas .")
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "PATH=" not in done.stdout + done.stderr


@unix
def test_git_runs_nothing_that_the_repository_names(folder: Path) -> None:
    mark = folder / "RAN"
    program = folder / "run.sh"
    program.write_text(f"#!/bin/sh\necho x >> {mark}\nexit 1\n")
    program.chmod(0o755)
    who = "git -c user.name=a -c user.email=a@b.c"
    assert shell(f"git init -q && git add a.yaml && {who} commit -qm one").returncode == 0
    blob = shell("git rev-parse HEAD:a.yaml").stdout.strip()
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    settings = {
        "core.repositoryformatversion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{program}", "core.sshCommand": str(program), "core.fsmonitor": str(program),
        "core.pager": str(program), "protocol.ext.allow": "always", "core.hooksPath": str(folder),
        "alias.ls-tree": f"!{program}", "diff.x.textconv": str(program), "filter.x.smudge": str(program),
    }  # fmt: skip
    (folder / ".gitattributes").write_text("*.yaml diff=x filter=x\n")
    for key, value in settings.items():
        subprocess.run(["git", "config", key, value], check=True)
    for line in ("KT check --against HEAD .", "KT check --since HEAD .", "KT run --compare HEAD ."):
        done = shell(line)
        assert "Traceback" not in done.stderr
        assert not mark.exists(), line
    subprocess.run(["git", "config", "remote.origin.url", "ssh://127.0.0.1:1/x"], check=True)
    shell("KT check --against HEAD .")
    assert not mark.exists()
