"""The release recipe: what it says of versions, changelogs and wheels that do not fit."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.scripts import loaded


@pytest.fixture(scope="module")
def release() -> Any:
    return loaded(ROOT / "docs" / "release.py")


def project(folder: Path, version: str, changelog: str) -> Path:
    (folder / "pyproject.toml").write_text(f'[project]\nname = "kubetrial"\nversion = "{version}"\n')
    (folder / "CHANGELOG.md").write_text(changelog)
    return folder


@pytest.mark.parametrize(
    ("version", "changelog", "said"),
    [
        ("1.2.0", "# Changelog\n\n## Unreleased\n\n## 1.2.0 (2027-01-05)\n\n- a\n", []),
        ("1.2.0", "# Changelog\n\n## 1.2.0 (2027-01-05)\n", []),
        ("1.2.0", "# Changelog\n\n## Unreleased\n\n- a\n", ["no heading `## 1.2.0", "changes under `## Unreleased`"]),
        ("1.2.0", "# Changelog\n\n## 1.1.0 (2027-01-05)\n", ["no heading `## 1.2.0"]),
        ("1.2", "# Changelog\n\n## 1.2 (2027-01-05)\n", ["no MAJOR.MINOR.PATCH"]),
    ],
)
def test_version_and_changelog(release: Any, tmp_path: Path, version: str, changelog: str, said: list[str]) -> None:
    found = list(release.problems_of_words(project(tmp_path, version, changelog)))
    assert len(found) == len(said), found
    assert all(part in problem for part, problem in zip(said, found, strict=True))


def test_state_of_the_repository(release: Any, tmp_path: Path) -> None:
    root = project(tmp_path, "1.2.0", "# Changelog\n")
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "all"),
    ):
        subprocess.run(["git", *words], cwd=root, check=True)
    assert list(release.problems_of_state(root)) == []
    subprocess.run(["git", "tag", "v1.2.0"], cwd=root, check=True)
    (root / "CHANGELOG.md").write_text("# Changes\n")
    assert [
        "not committed" in problem or "v1.2.0 is there already" in problem
        for problem in release.problems_of_state(root)
    ] == [True, True]


def test_wheels_that_do_not_fit(release: Any, tmp_path: Path) -> None:
    wheel = tmp_path / "kubetrial-1.2.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("kubetrial-1.2.0.dist-info/METADATA", "Name: kubetrial\nVersion: 1.1.0\n")
        archive.writestr("lint/rule.py", "")
    said = "\n".join(release.problems_of_wheel(wheel, "1.2.0"))
    assert "another version than 1.2.0" in said
    assert "kubetrial/rules/index.json is missing" in said
    assert "it would install lint too" in said


def test_pythons_are_ones_that_run(release: Any) -> None:
    for python in release.pythons():
        subprocess.run([python, "-c", "import venv"], check=True)


TOP = {
    ".ci", ".dockerignore", ".github", ".gitignore", ".pre-commit-hooks.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "Containerfile", "LICENSE",
    "README.md", "SECURITY.md", "__main__.py", "action.yml", "benchmarks", "docs", "examples", "lint", "mkdocs.yml", "pyproject.toml",
    "rules", "schemas", "templates", "tests",
}  # fmt: skip


def test_nothing_else_stands_at_the_top() -> None:
    """What a trial leaves in the working folder is easily committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout of git")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [name for name in listed.split("\0") if name]
    assert {name.split("/")[0] for name in files} == TOP
    assert [name for name in files if name.startswith("templates/")] == ["templates/kubetrial.yml"]


def test_rooms_of_the_map_are_those_that_there_are() -> None:
    """CONTRIBUTING names every room of lint/ once, from the top down, and files that exist."""
    import re

    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = re.findall(r"^\|(?: \d)? \| `([a-z_]+(?:/|\.py))`", text.partition("| floor |")[2], re.M)
    there = {f"{path.name}/" for path in (ROOT / "lint").iterdir() if path.is_dir() and path.name != "__pycache__"}
    there |= {path.name for path in (ROOT / "lint").glob("*.py") if path.name != "__init__.py"}
    named = set(re.findall(r"`([a-z_]+\.py)`", text))
    assert {room for room in rooms if room.endswith("/")} == {room for room in there if room.endswith("/")}
    assert {room for room in there if room.endswith(".py")} <= named
    every = {path.name for path in (ROOT / "lint").rglob("*.py")}
    assert {name for name in named if not (ROOT / "schemas" / name).exists() and name != "generate.py"} <= every
