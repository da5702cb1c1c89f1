"""Units that are kept between runs: only what includes what was edited is built again, and all that is said is the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.build import kustomize
from kubetrial.lint.command.cli import main
from kubetrial.lint.files import kept

from tests.conftest import ROOT

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec: {containers: [{name: main, image: "a:1", ports: [{containerPort: 80800}]}]}
"""
HERE = ROOT / "tests" / "build"
LAYOUTS = [
    folder
    for folder in (
        *sorted((ROOT / "tests" / "layouts").iterdir()),
        *sorted((HERE / "kustomize").iterdir()),
        HERE / "repository",
    )
    if folder.is_dir() and any(folder.rglob("kustomization.y*ml"))
]


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written is old."""
    monkeypatch.setattr(kept, "now", lambda: 1 << 62)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders of the kustomizations that are built, in order."""
    folders: list[str] = []
    build = kustomize.build

    def counted(tree: Any, path: str, **options: Any) -> Any:
        folders.append(path)
        return build(tree, path, **options)

    monkeypatch.setattr(kustomize, "build", counted)
    return folders


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two bases with two overlays each."""
    folder = tmp_path / "work"
    (folder / ".git").mkdir(parents=True)
    for name in ("web", "api"):
        base = folder / name / "base"
        base.mkdir(parents=True)
        (base / "all.yaml").write_text(DEPLOYMENT.replace("NAME", name))
        (base / "kustomization.yaml").write_text("resources: [all.yaml]\n")
        for stage in ("test", "live"):
            (folder / name / stage).mkdir()
            (folder / name / stage / "kustomization.yaml").write_text(f"resources: [../base]\nnamespace: {stage}\n")
    monkeypatch.chdir(folder)
    return folder


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["check", ".", "--output-format", "json", *words])
    return (code, *capsys.readouterr())


def test_only_what_includes_an_edited_base_is_built_again(
    repository: Path, built: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--cache-dir", str(tmp_path / "cache"))
    first = _said(capsys, *words)
    assert sorted(built) == ["api/live", "api/test", "web/live", "web/test"]
    built.clear()
    assert _said(capsys, *words) == first
    assert built == []
    (repository / "web" / "base" / "all.yaml").write_text("# a line more\n" + DEPLOYMENT.replace("NAME", "web"))
    after = _said(capsys, *words)
    assert sorted(built) == ["web/live", "web/test"]
    assert after == _said(capsys, "--no-cache") != first
    built.clear()
    (repository / "api" / "live" / "kustomization.yaml").write_text("resources: [../base]\nnamePrefix: x-\n")
    after = _said(capsys, *words)
    assert built == ["api/live"]
    assert after == _said(capsys, "--no-cache")


def test_a_file_that_is_missing_and_comes(
    repository: Path, built: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--cache-dir", str(tmp_path / "cache"))
    (repository / "web" / "live" / "kustomization.yaml").write_text("resources: [../base, more.yaml]\n")
    assert "more.yaml" in _said(capsys, *words)[1]
    built.clear()
    (repository / "web" / "live" / "more.yaml").write_text(DEPLOYMENT.replace("NAME", "more"))
    after = _said(capsys, *words)
    assert built == ["web/live"]
    assert after == _said(capsys, "--no-cache")


def test_another_place_that_is_asked_for(
    repository: Path, built: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other rules find other things: what is kept does not have their places, and the next run has them too."""
    words = ("--cache-dir", str(tmp_path / "cache"))
    _said(capsys, *words)
    built.clear()
    every = _said(capsys, "--select", "all", *words)
    assert sorted(built) == ["api/live", "api/test", "web/live", "web/test"]
    built.clear()
    assert every == _said(capsys, "--select", "all", *words)
    assert built == []
    assert every == _said(capsys, "--select", "all", "--no-cache")


@pytest.mark.parametrize(
    "change", [lambda data: b"", lambda data: data[:-9], lambda data: data.replace(b"Deployment", b"deployment")]
)
def test_broken_entries_are_none(
    change: Any, repository: Path, built: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--cache-dir", str(tmp_path / "cache"))
    first = _said(capsys, *words)
    for entry in (tmp_path / "cache").iterdir():
        entry.write_bytes(change(entry.read_bytes()))
    built.clear()
    assert _said(capsys, *words) == first
    assert len(built) == 4


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda path: path.name)
def test_over_all_layouts(
    layout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "work"
    shutil.copytree(layout, folder)
    (folder / ".git").mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    words = ("--select", "all", "--cache-dir", str(tmp_path / "cache"))
    first = _said(capsys, *words)
    assert first == _said(capsys, *words) == _said(capsys, "--select", "all", "--no-cache")
    for path in sorted(folder.rglob("*.yaml"))[:4]:
        os.utime(path, ns=(1, 1))
        path.write_text("# another line\n" + path.read_text())
        assert _said(capsys, *words) == _said(capsys, "--select", "all", "--no-cache")
