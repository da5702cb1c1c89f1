"""Files, folders, globs and streams -> what is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.files.discover import context_files, discover, distances, nearest_first
from kubetrial.lint.files.patterns import Patterns, of_path

links = pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights on Windows")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: 1\n")


def names(*paths: str, **more: object) -> list[str]:
    return [file.path for file in discover(paths, **more).files]  # type: ignore[arg-type]


def test_a_folder_gives_its_yaml_and_json_sorted() -> None:
    make("b.yml", "a.yaml", "sub/c.json", "sub/d.txt", "e.yaml.bak", ".hidden.yaml", ".github/w.yaml")
    found = discover(["."])
    assert [file.path for file in found.files] == ["a.yaml", "b.yml", "sub/c.json"]
    assert found.skipped == {"hidden": 2}  # a file and a folder
    assert found.complete
    assert not any(file.explicit for file in found.files)
    assert found.files[0].read() == b"a: 1\n"


def test_a_named_file_is_read_whatever_it_is_called() -> None:
    make("x.txt", ".hidden/y.yaml")
    found = discover(["x.txt", ".hidden/y.yaml"])
    assert [(file.path, file.explicit) for file in found.files] == [(".hidden/y.yaml", True), ("x.txt", True)]
    assert not found.complete
    assert names(".hidden") == [".hidden/y.yaml"]


def test_each_file_once_and_named_wins() -> None:
    make("a.yaml", "sub/b.yaml")
    found = discover([".", "sub", "./a.yaml", "a.yaml", os.path.abspath("sub/b.yaml")])
    assert [(file.path, file.explicit) for file in found.files] == [("a.yaml", True), ("sub/b.yaml", True)]


def test_missing_paths_and_empty_globs_are_said() -> None:
    found = discover(["no.yaml", "no*.yaml", "a\0b", ""])
    assert {(one.path, one.reason) for one in found.problems} == {
        ("no.yaml", "no such file or folder"),
        ("no*.yaml", "no file matches"),
        ("a\\0b", "a path cannot hold a NUL character"),
        ("", "no such file or folder"),
    }


def test_paths_outside_are_absolute(tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_text("")
    assert names("../out.yaml") == [str(tmp_path / "out.yaml").replace(os.sep, "/")]


def test_standard_input() -> None:
    found = discover(["-", "-"], stdin=lambda: b"x")
    (file,) = found.files
    assert (file.path, file.is_stdin, file.read(), found.complete) == ("<stdin>", True, b"x", True)
    make("a.yaml")
    (file,) = discover(["-", "a.yaml"], stdin=lambda: b"new", stdin_filename="a.yaml").files
    assert (file.path, file.read()) == ("a.yaml", b"new")
    assert not discover(["-"], stdin_filename="a.yaml").complete
    assert discover(["-"], stdin_filename="rendered.yaml").complete


def test_globs_are_expanded_where_the_shell_did_not() -> None:
    make("a/x.yaml", "a/b/y.yaml", "a/b/c/z.yml", "a/.h/h.yaml", "a/n.txt", "[odd].yaml")
    assert names("a/*.yaml") == ["a/x.yaml"]
    assert names("**/*.yaml") == ["[odd].yaml", "a/b/y.yaml", "a/x.yaml"]
    assert names("a/**") == ["a/b/c/z.yml", "a/b/y.yaml", "a/n.txt", "a/x.yaml"]
    assert names("a/**/**/z.y*") == ["a/b/c/z.yml"]
    assert names("a/?/y.yaml") == ["a/b/y.yaml"]
    assert names("a/.h/*") == ["a/.h/h.yaml"]
    assert names("[odd].yaml") == ["[odd].yaml"]
    assert names(os.path.abspath("a") + "/[xy].yaml") == ["a/x.yaml"]
    assert discover(["a/*"]).complete


@links
def test_symbolic_links_end_and_never_double() -> None:
    make("z/real.yaml", "other/o.yaml")
    os.symlink("..", "z/up")
    os.symlink(".", "self")
    os.symlink("z", "a-link")
    os.symlink("real.yaml", "z/alias.yaml")
    os.symlink("loop.yaml", "loop.yaml")
    found = discover(["."])
    assert [file.path for file in found.files] == ["other/o.yaml", "z/real.yaml"]
    assert [one.path for one in found.problems] == ["loop.yaml"]
    assert discover(["loop.yaml"]).problems[0].reason == "its symbolic links lead back to itself"


@links
def test_links_are_followed_inside_of_the_repository_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "s.yaml").write_text("")
    os.symlink("../shared", "link")
    assert names(".") == []
    assert discover(["."]).skipped == {"symbolic link that leads out of the repository": 1}
    (tmp_path / ".git").mkdir()
    assert names(".") == ["link/s.yaml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_devices_are_said_and_not_waited_for() -> None:
    os.mkfifo("pipe.yaml")
    assert [one.reason for one in discover(["."]).problems] == ["it is no regular file"]
    assert [one.reason for one in discover(["pipe.yaml", "/dev/null"]).problems] == ["it is no regular file"] * 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_said() -> None:
    make("closed/a.yaml")
    os.chmod("closed", 0)
    try:
        assert [one.reason for one in discover(["."]).problems] == ["no permission to read it"]
    finally:
        os.chmod("closed", 0o700)


def test_exclude_holds_in_folders_and_for_named_files_by_force() -> None:
    make("vendor/a.yaml", "deep/vendor/b.yaml", "k.yaml", "x.gen.yaml")
    found = discover(["."], exclude=["vendor/", "*.gen.yaml"])
    assert [file.path for file in found.files] == ["k.yaml"]
    assert found.skipped == {"excluded": 3}
    assert names("vendor/a.yaml", exclude=["vendor/"]) == ["vendor/a.yaml"]
    assert names("vendor/a.yaml", "k.yaml", exclude=["vendor/"], force_exclude=True) == ["k.yaml"]
    os.chdir("deep")
    assert names(".", exclude=["/deep/vendor"], exclude_root="..") == []


# --- git ------------------------------------------------------------------------------------------------------------


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def test_ignored_files_are_left_out() -> None:
    os.mkdir(".git")
    write(".gitignore", "build/\n/top.yaml\n*.tmp.yaml\nsub/**/deep.yaml\n# comment\n\n")
    write("sub/.gitignore", "!keep.tmp.yaml\nlocal.yaml\n")
    write(".git/info/exclude", "mine.yaml\n")
    make("build/a.yaml", "top.yaml", "sub/top.yaml", "sub/x.tmp.yaml", "sub/keep.tmp.yaml", "sub/local.yaml")
    make("sub/q/deep.yaml", "mine.yaml", "local.yaml")
    found = discover(["."])
    assert [file.path for file in found.files] == ["local.yaml", "sub/keep.tmp.yaml", "sub/top.yaml"]
    assert found.skipped == {"ignored by git": 6}
    assert names("sub") == ["sub/keep.tmp.yaml", "sub/top.yaml"]
    assert names("build") == ["build/a.yaml"], "a folder that is asked for by name"


def test_a_repository_inside_is_its_own() -> None:
    os.mkdir(".git")
    write(".gitignore", "*.yaml\n!mine.yaml\n")
    make("mine.yaml", "inner/a.yaml")
    os.mkdir("inner/.git")
    assert names(".") == ["inner/a.yaml", "mine.yaml"]


LINES = """a|b/|/a|/b/|a/b|*.yaml|*|**/a|a/**|!a.yaml|!b/|a*|?.yaml|[ab].yaml|**/a/b|a.yaml|/a.yaml|b/a.yaml| a|a |#a
\\#a|!*.yaml|*/a.yaml|a/*|/*|!/a/|b//a|/"""
lines = st.sampled_from(LINES.replace("\n", "|").split("|"))
paths = st.lists(
    st.tuples(st.lists(st.sampled_from("ab"), max_size=3), st.sampled_from(["a.yaml", "b.yaml", "ab.yml"])).map(
        lambda parts: "/".join([*parts[0], parts[1]])
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=60, deadline=None)
@given(st.lists(lines, max_size=5), st.lists(lines, max_size=3), paths)
def test_as_git_does(outer: list[str], inner: list[str], files: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        for file in files:
            path = Path(folder, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        Path(folder, ".gitignore").write_text("\n".join(outer))
        if Path(folder, "a").is_dir():
            Path(folder, "a", ".gitignore").write_text("\n".join(inner))
        command = ["git", "-C", folder, "-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard", "-z"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
        expected = sorted(name for name in listed if name.endswith((".yaml", ".yml")))
        found = discover([folder])
        assert sorted(os.path.relpath(file.full, folder) for file in found.files) == expected


SIGNS = st.sampled_from(
    [
        "a",
        "b",
        "-",
        ".",
        "*",
        "**",
        "?",
        "/",
        "/**/",
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-b]",
        "[]a]",
        "[[:alpha:]]",
        "[",
        "\\",
        "!",
    ]
)
wild = st.lists(SIGNS, min_size=1, max_size=6).map("".join).filter(lambda line: line[0] not in "#!")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=100, deadline=None)
@given(
    st.lists(wild, min_size=1, max_size=3),
    st.lists(st.lists(st.text("ab-.", min_size=1, max_size=4), max_size=3), max_size=9),
)
def test_stars_and_brackets_match_as_in_git(rows: list[str], paths: list[list[str]]) -> None:
    names = sorted({"/".join(parts) for parts in paths if parts and not {".", ".."} & set(parts)})
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        Path(folder, ".gitignore").write_text("".join(f"{row}\n" for row in rows))
        command = ["git", "-C", folder, "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"]
        asked = "".join(f"{name}\0" for name in names)
        ignored = subprocess.run(command, input=asked, capture_output=True, text=True).stdout.split("\0")
    ours = Patterns(rows)
    assert [name for name in names if ours.cover(name)] == [name for name in names if name in ignored]


def test_no_pattern_takes_long() -> None:
    """With backtracking each of these would take years: the count of its steps grows with the power of its stars."""
    stars, folders = "*a" * 60 + "b", "**/a/" * 60 + "b"
    ours = Patterns([stars, folders, "**/" + stars, "[ab]*" * 60 + "c"])
    assert not ours.cover("/".join(["a" * 200] * 20))
    assert not ours.cover("a/" * 400 + "a")


def test_many_lines_are_bounded() -> None:
    many = Patterns([*(f"!name-{i}" for i in range(5000)), *(f"*{i}?z" for i in range(5000))])
    assert len(many._lines) <= 2000
    assert many.decide("name-4999") is False


# --- the rest of the repository --------------------------------------------------------------------------------------


def test_context_is_the_rest_of_the_repository_nearest_first() -> None:
    os.mkdir(".git")
    write(".gitignore", "build/\n")
    make("a/one.yaml", "a/two.yaml", "b/three.yaml", "root.yaml", "build/x.yaml")
    given = discover(["a/one.yaml"]).files
    context = context_files(given)
    near = nearest_first(distances([os.path.abspath("a")]), context.files)
    assert [file.path for file in near] == ["a/two.yaml", "root.yaml", "b/three.yaml"]
    assert context.note == ""
    capped = context_files(given, most_files=1)
    assert [file.path for file in capped.files] == ["a/two.yaml"]
    assert "1 of its other" in capped.note
    assert context_files(given, most_bytes=5).note


def test_without_a_repository_only_the_folder_is_context() -> None:
    make("a/one.yaml", "a/two.yaml", "a/deep/three.yaml", "root.yaml")
    assert [file.path for file in context_files(discover(["a/one.yaml"]).files).files] == ["a/two.yaml"]


MOST_CALLS = 150
"""Calls of functions for each file of a folder: 65 today, and what looks at the folder again for each file makes thousands."""


def test_a_large_folder_is_listed_with_little_work_for_each_file(shared: Path) -> None:
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        found = discover([str(shared / "corpus" / "manifests")])
    finally:
        sys.setprofile(None)
    assert len(found.files) > 3000
    assert calls / len(found.files) < MOST_CALLS


def test_inputs_of_tests_are_left_out_and_counted() -> None:
    make(
        "deploy/web.yaml",
        "checks/smoke/chainsaw-test.yaml",
        "checks/smoke/install.yaml",
        "checks/smoke/more/pod.yaml",
        "checks/kuttl/00-install.yaml",
        "checks/kuttl/00-assert.yaml",
        "checks/kuttl/rbac.yaml",
        "checks/ready-assert.yaml",
        "hack/invalid-examples/route.yaml",
        "samples/gateway-invalid.yaml",
        "samples/gateway.yaml",
        "tests/data/pod.yaml",
        "invalid.yaml",
        "checks/smoke-test-negative.yaml",
        "cache/negative.yaml",
        "docs/proposals/later.yaml",
        "design/later.yaml",
        "lib/filetests/a.yaml",
        "samples/expected.yaml",
        "samples/config.yml",
        "samples/config-result.yml",
        "samples/result.yaml",
        "samples/pod-malformed.yaml",
    )
    Path("policies/a").mkdir(parents=True)
    Path("policies/a/kyverno-test.yaml").write_text(
        "name: a\npolicies:\n  - policy.yaml\nresources:\n  - ./bad.yaml\nresults:\n  - policy: a\n"
    )
    make("policies/a/policy.yaml", "policies/a/bad.yaml", "policies/a/other.yaml")
    found = discover(["."])
    assert [file.path for file in found.files] == [
        "cache/negative.yaml",
        "checks/kuttl/rbac.yaml",
        "deploy/web.yaml",
        "invalid.yaml",
        "policies/a/kyverno-test.yaml",
        "policies/a/other.yaml",
        "policies/a/policy.yaml",
        "samples/config.yml",
        "samples/gateway.yaml",
        "samples/result.yaml",
    ]
    assert found.skipped["of tests or of others"] == 17
    assert names("checks/kuttl") == [
        "checks/kuttl/00-assert.yaml",
        "checks/kuttl/00-install.yaml",
        "checks/kuttl/rbac.yaml",
    ]
    assert names("samples/gateway-invalid.yaml") == ["samples/gateway-invalid.yaml"]


def test_tests_of_a_program_are_left_out_and_those_of_a_chart_and_environments_are_not() -> None:
    make(
        "go.mod",
        "test/pod.yaml",
        "tests/pod.yaml",
        "pkg/reader/readerTestFiles/pod.yaml",
        "web/src/test/pod.yaml",
        "shop/templates/tests/ready.yaml",
        "shop/tests/pod.yaml",
        "controllers/agent/assets/role.yaml",
        "controllers/agent/agent.go",
        "web/assets/role.yaml",
        "apps/test/pod.yaml",
        "apps/prod/pod.yaml",
        "apps/e2e/pod.yaml",
        "deploy/overlays/e2e/pod.yaml",
        "policies/pass.yaml",
        "policies/2-Fail.yaml",
        "policies/policy.yaml",
        "other/fail.yaml",
    )
    found = discover(["."])
    assert [file.path for file in found.files] == [
        "apps/e2e/pod.yaml",
        "apps/prod/pod.yaml",
        "apps/test/pod.yaml",
        "deploy/overlays/e2e/pod.yaml",
        "other/fail.yaml",
        "policies/policy.yaml",
        "shop/templates/tests/ready.yaml",
        "web/assets/role.yaml",
    ]
    assert found.skipped["of tests or of others"] == 8
    assert names("tests") == ["tests/pod.yaml"]
    assert names("test") == ["test/pod.yaml"]


@pytest.mark.parametrize(
    ("written", "pattern"),
    [("./a", "/a"), ("./a/", "/a/"), ("a//", "a/"), ("b/../a", "/a"), (".//a/./b", "/a/b"), ("!./a", "!/a"), ("../x", "../x"), (".", "."), ("a*/../b", "a*/../b"), ("**/.a", "**/.a")],
)  # fmt: skip
def test_paths_as_people_write_them_are_patterns(written: str, pattern: str) -> None:
    assert of_path(written) == pattern
    assert of_path(pattern) == pattern
