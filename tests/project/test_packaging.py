"""What people install: wheel, sdist, git, editable, and the pre-commit hooks. Needs pip and a package index; skipped without."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

WRONG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {debug: yes}\n"


def call(*command: str | Path, cwd: Path, code: int | None = 0, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        check=False,
    )
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with what this checkout holds now (files that git does not ignore), links included."""
    folder = tmp_path_factory.mktemp("clone") / "kubetrial"
    folder.mkdir()
    names = call("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, names):
        source, target = ROOT / name, folder / name
        if source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(os.readlink(source))
        elif source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com")
    call("git", "init", "-q", cwd=folder)
    call("git", "add", "-A", cwd=folder)
    call(*git, "commit", "-qm", "all", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def built(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    out = call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ".", cwd=clone, code=None)
    if not list(folder.glob("*.whl")):
        pytest.skip(f"no package index: {out[-200:]}")
    return folder


def test_wheel_holds_the_package_and_stays_small(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        catalogue = sum(i.compress_size for i in archive.infolist() if i.filename.startswith("kubetrial/schemas/"))
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"kubetrial"}
    assert {
        "kubetrial/lint/command/cli.py",
        "kubetrial/rules/index.json",
        "kubetrial/schemas/catalogue/kinds.json",
        "kubetrial/lint/py.typed",
        "kubetrial/lint/report/html_.css",
        "kubetrial/lint/report/html_.js",
        "kubetrial/schemas/configuration.schema.json",
    } <= set(names)
    assert catalogue < 2_500_000


@pytest.mark.parametrize("how", ["wheel", "editable", "git"])
def test_installed_command_works(how: str, clone: Path, built: Path, tmp_path: Path) -> None:
    call(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    folder = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    what = {"wheel": [next(built.glob("*.whl"))], "editable": ["-e", clone], "git": [f"git+file://{clone}"]}[how]
    call(folder / "python", "-m", "pip", "install", "-q", *what, cwd=tmp_path)
    (tmp_path / "a.yaml").write_text(WRONG)
    assert "value-wrong-type" in call(folder / "kubetrial", "check", "a.yaml", cwd=tmp_path, code=1)
    assert "kubetrial" in call(folder / "kubetrial", "--version", cwd=tmp_path)
    call(
        folder / "python",
        "-c",
        "import importlib.util as u; assert u.find_spec('lint') is None and u.find_spec('rules') is None",
        cwd=tmp_path,
    )


def test_sdist_builds_the_same_wheel(clone: Path, built: Path, tmp_path: Path) -> None:
    code = f"from hatchling.builders.sdist import SdistBuilder; print(next(SdistBuilder('.').build(directory='{tmp_path.as_posix()}')))"
    call(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    call(python, "-m", "pip", "install", "-q", "hatchling", cwd=tmp_path)
    call(python, "-c", code, cwd=clone)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("/lint/command/cli.py") for name in archive.getnames())
    call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path / "again", sdist, cwd=tmp_path)
    (first,), (second,) = built.glob("*.whl"), (tmp_path / "again").glob("*.whl")
    with zipfile.ZipFile(first) as a, zipfile.ZipFile(second) as b:
        assert sorted(a.namelist()) == sorted(b.namelist())


def test_hooks_in_a_real_pre_commit(clone: Path, built: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    call("git", "init", "-q", cwd=repository)
    (repository / "a.yaml").write_text(WRONG)
    (repository / "values.yaml").write_text("replicas: 3\n")
    call("git", "add", "-A", cwd=repository)
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
    for hook in ("kubetrial", "kubetrial-all"):
        out = call(
            sys.executable, "-m", "pre_commit", "try-repo", clone, hook, "--all-files", cwd=repository, code=1, env=home
        )
        assert "value-wrong-type" in out
    (repository / "a.yaml").write_text(WRONG.replace("yes", '"yes"'))
    call("git", "add", "-A", cwd=repository)
    call(sys.executable, "-m", "pre_commit", "try-repo", clone, "kubetrial", "--all-files", cwd=repository, env=home)
