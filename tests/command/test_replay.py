"""What is said again is what a run would say: laws of the cache, with the command as users start it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kubetrial.lint.command import replay

from tests.conftest import ROOT

JOB = "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {}}}\nspec:\n  template:\n    spec:\n      restartPolicy: Always\n      containers: [{{name: a, image: 'a:1'}}]\n"
OVERLAY = "resources: [../base]\nnamePrefix: blue-\n"


class Command:
    """The installed command in a folder, with a cache of its own."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self.cache = cache
        self.environment = {**os.environ, replay.CACHE_DIR: str(cache), "PYTHONDONTWRITEBYTECODE": "1"}

    def __call__(self, *words: str, **environment: str) -> tuple[int, str, str, bool]:
        """(exit code, standard output, standard error, whether it was said again)."""
        code = "import sys, atexit; atexit.register(lambda: open(sys.argv.pop(), 'a').close() if 'argparse' in sys.modules else None);"
        code += "mark = sys.argv.pop(); from kubetrial.lint.command import entry; code = entry.main(); sys.argv.append(mark); sys.exit(code)"
        mark = self.cache.parent / "ran"
        done = subprocess.run(
            [sys.executable, "-c", code, *words, str(mark)],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        ran = mark.exists()
        mark.unlink(missing_ok=True)
        return done.returncode, done.stdout, done.stderr, not ran


@pytest.fixture
def command(tmp_path: Path) -> Command:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "job.yaml").write_text(JOB.format("one"))
    return Command(folder, tmp_path / "cache")


def test_an_unchanged_folder_is_said_again(command: Command) -> None:
    first = command("check", ".")
    again = command("check", ".")
    assert first[3] is False
    assert again[3] is True
    assert first[:3] == again[:3]
    assert first[0] == 1
    assert "restartPolicy" in first[1]


def _edit(folder: Path) -> None:
    (folder / "job.yaml").write_text(JOB.format("two"))


def _edit_keeping_size_and_time(folder: Path) -> None:
    file = folder / "job.yaml"
    status = file.stat()
    file.write_text(JOB.format("two"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def _add(folder: Path) -> None:
    (folder / "new.yaml").write_text(JOB.format("new"))


def _add_deeper(folder: Path) -> None:
    (folder / "deeper").mkdir()
    (folder / "deeper" / "new.yaml").write_text(JOB.format("new"))


def _remove(folder: Path) -> None:
    (folder / "job.yaml").unlink()


def _rename(folder: Path) -> None:
    (folder / "job.yaml").rename(folder / "renamed.yaml")


def _configure(folder: Path) -> None:
    (folder / ".kubetrial.toml").write_text('ignore = ["workload-restart-policy-refused"]\n')


def _configure_above(folder: Path) -> None:
    (folder.parent / ".kubetrial.toml").write_text('ignore = ["all"]\nselect = ["advice"]\n')


def _ignore(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("job.yaml\n")


def _become_repository(folder: Path) -> None:
    (folder.parent / ".git").mkdir()
    (folder.parent / ".gitignore").write_text("job.yaml\n")


CHANGES = (
    _edit, _edit_keeping_size_and_time, _add, _add_deeper, _remove, _rename, _configure, _configure_above, _ignore, _become_repository,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changes_is_looked_at(command: Command, change: object) -> None:
    command("check", ".")
    change(command.folder)  # type: ignore[operator]
    after = command("check", ".")
    assert after[3] is False
    assert after[:3] == command("check", ".", "--no-cache")[:3]


def test_a_file_that_another_folder_builds_on(command: Command) -> None:
    (command.folder / ".git").mkdir()
    base, overlay = command.folder / "base", command.folder / "overlay"
    for place in (base, overlay):
        place.mkdir()
    (command.folder / "job.yaml").rename(base / "job.yaml")
    (base / "kustomization.yaml").write_text("resources: [job.yaml]\n")
    (overlay / "kustomization.yaml").write_text(OVERLAY)
    for words in (("check", "overlay"), ("build", "overlay")):
        first = command(*words)
        assert command(*words)[:3] == first[:3]
        assert command(*words)[3] is True
        (base / "job.yaml").write_text(JOB.format(f"of-{words[0]}"))
        after = command(*words)
        assert after[3] is False
        assert after[:3] == command(*words, "--no-cache")[:3]


def test_a_kustomization_that_names_a_file_that_comes_later(command: Command) -> None:
    (command.folder / ".git").mkdir()
    (command.folder / "overlay").mkdir()
    (command.folder / "overlay" / "kustomization.yaml").write_text("resources: [testdata/late.yaml]\n")
    assert command("check", "overlay")[3] is False
    (command.folder / "overlay" / "testdata").mkdir()
    (command.folder / "overlay" / "testdata" / "late.yaml").write_text(JOB.format("late"))
    after = command("check", "overlay")
    assert after[3] is False
    assert "restartPolicy" in after[1]


def test_the_rest_of_the_repository(command: Command) -> None:
    (command.folder / ".git").mkdir()
    (command.folder / "other.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    command("check", "job.yaml")
    assert command("check", "job.yaml")[3] is True
    (command.folder / "other.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n")
    assert command("check", "job.yaml")[3] is False


def test_times_alone_change_nothing(command: Command) -> None:
    first = command("check", ".")
    os.utime(command.folder / "job.yaml", ns=(1, 1))
    assert command("check", ".") == (*first[:3], True)
    assert command("check", ".") == (*first[:3], True)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "."),
        ("check", ".", "--output-format", "json"),
        ("check", "job.yaml"),
        ("check", ".", "--select", "all"),
    ],
)
def test_other_words_are_another_run(command: Command, words: tuple[str, ...]) -> None:
    command("check", "--exit-zero", ".")
    assert command(*words)[3] is False


def test_another_environment_is_another_run(command: Command) -> None:
    command("check", ".")
    assert command("check", ".", FORCE_COLOR="1")[3] is False
    assert command("check", ".", KUBETRIAL_OUTPUT_FORMAT="json")[3] is False
    assert command("check", ".", UNRELATED="1")[3] is True


def test_what_is_never_kept(command: Command) -> None:
    for words in (
        ("check", ".", "--no-cache"),
        ("check", ".", "--output-format", "json", "--output-file", str(command.cache.parent / "report.json")),
        ("check", "missing.yaml"),
        ("check", "--no-such-option"),
        ("rules",),
        ("check", "-"),
    ):
        command(*words)
        assert command(*words)[3] is False, words
    command("check", ".", GITHUB_STEP_SUMMARY=str(command.cache.parent / "summary.md"))
    assert command("check", ".", GITHUB_STEP_SUMMARY=str(command.cache.parent / "summary.md"))[3] is False


def test_rules_in_python_run_every_time(command: Command) -> None:
    rules = command.cache.parent / "rules"
    shutil.copytree(ROOT / "tests" / "own_rules" / "rules", rules)
    folder = str(rules)
    assert command("check", ".", "--rules", folder)[0] in (0, 1)
    assert command("check", ".", "--rules", folder)[3] is False


@pytest.mark.parametrize("damage", [b"", b"kubetrial replay 2 x 0 0 0\n", None])
def test_a_broken_entry_is_none(command: Command, damage: bytes | None) -> None:
    first = command("check", ".")
    (entry,) = command.cache.iterdir()
    data = entry.read_bytes()
    entry.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    assert command("check", ".") == (*first[:3], False)
    assert command("check", ".") == (*first[:3], True)


@pytest.mark.skipif(os.name != "posix", reason="there are no such files elsewhere")
@pytest.mark.parametrize("kind", ["fifo", "/dev/zero", "folder"])
def test_an_entry_that_is_no_file_is_not_waited_for(command: Command, kind: str) -> None:
    first = command("check", ".")
    (entry,) = command.cache.iterdir()
    entry.unlink()
    if kind == "fifo":
        os.mkfifo(entry)
    elif kind == "folder":
        entry.mkdir()
    else:
        entry.symlink_to(kind)
    assert command("check", ".")[:3] == first[:3]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_folder_that_others_write_to_is_not_used(command: Command) -> None:
    command("check", ".")
    command.cache.chmod(0o777)
    assert command("check", ".")[3] is False


def test_a_folder_of_the_repository_is_not_used(command: Command) -> None:
    (command.folder / ".git").mkdir()
    inside = command.folder / "cache"
    command("check", ".", "--cache-dir", str(inside))
    assert not inside.exists()
    assert command("cache", "dir", "--cache-dir", str(inside))[0] == 2


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "getuid") or os.getuid() == 0, reason="root writes everywhere"
)
def test_no_place_to_write(command: Command) -> None:
    command.cache.parent.chmod(0o500)
    try:
        assert command("check", ".")[0] == 1
    finally:
        command.cache.parent.chmod(0o700)


def test_a_file_in_the_place_of_the_folder(command: Command) -> None:
    command.cache.write_text("")
    assert command("check", ".")[0] == 1


def test_several_at_once_and_one_of_them_killed(command: Command) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: command("check", ".")[:2], range(4)))
    assert len(set(outcomes)) == 1
    (command.cache / f"{'0' * 40}.123").write_bytes(b"half")  # what a killed run leaves behind
    assert command("check", ".")[3] is True
    code, out, _, _ = command("cache", "clean")
    assert code == 0
    assert "2 kept runs removed" in out
    assert not list(command.cache.iterdir())


def test_a_program_whose_files_cannot_be_listed_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is imported out of an archive has no folder."""

    def no_folder() -> bytes:
        raise NotADirectoryError

    monkeypatch.setenv(replay.CACHE_DIR, str(tmp_path / "cache"))
    monkeypatch.setattr(replay, "_installation", no_folder)
    assert replay.through(["check", "."], lambda words: 7) == 7
    assert not (tmp_path / "cache").exists()


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_BYTES", 25)
    for number in range(4):
        file = tmp_path / f"{number:040x}"
        file.write_bytes(b"x" * 10)
        os.utime(file, ns=(number, number))
    (tmp_path / "something-else").write_bytes(b"y" * 100)
    replay._bounded(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n:040x}" for n in (2, 3)] + ["something-else"]


def test_warm_and_cold_are_equal_over_all_fixtures(command: Command) -> None:
    """Every folder of fixtures, in formats for people and for machines."""
    for folder in ("rules", "layouts", "discover", "examples"):
        place = ROOT / folder if folder == "examples" else ROOT / "tests" / folder
        if not place.is_dir():
            continue
        for output in ("full", "json"):
            words = ("check", str(place), "--output-format", output, "--select", "all")
            cold, warm = command(*words), command(*words)
            assert (*cold[:3], True) == warm, (folder, output)


def test_all_variables_that_are_read_are_known() -> None:
    """A variable that a run reads and its name does not hold would let the outcome of another environment be said."""
    elsewhere = {"GITHUB_STEP_SUMMARY", "LOCALAPPDATA", "XDG_CACHE_HOME"}
    for path in (ROOT / "lint").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("get", "getenv")
            ):
                if "environ" not in ast.unparse(node.func) and node.func.attr != "getenv":
                    continue
                if isinstance(node.args[0], ast.Constant):
                    name = node.args[0].value
                    assert name in (*replay.ENVIRONMENT, *elsewhere) or name.startswith("KUBETRIAL_"), (path, name)


def test_the_file_system_is_asked_where_it_is_heard() -> None:
    """What reads the user's files asks through witness.py: a look that nobody hears would not be repeated."""
    silent = []
    for room in ("files", "build", "settings"):
        for path in (ROOT / "lint" / room).rglob("*.py"):
            if path.name in ("looks.py", "witness.py", "write.py", "revision.py", "repository.py", "__main__.py"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and ast.unparse(node) in (
                    "os.path.isfile", "os.path.exists", "os.path.lexists",
                ):  # fmt: skip
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []
