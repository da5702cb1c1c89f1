"""`run` of kustomizations, and the older side of `--compare` and `--against`, built as today's is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: a, image: "nginx:1.2"}
"""
FILES = {
    "base/web.yaml": WEB,
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\nreplicas: [{name: web, count: 3}]\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    "chart/values.yaml": "count: 1\n",
    "chart/templates/web.yaml": WEB.replace("replicas: 2", "replicas: {{ .Values.count }}"),
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "work"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.email=a@b.c", "-c", "user.name=a", "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    shutil.copytree(root, tmp_path / "before", ignore=shutil.ignore_patterns(".git"))
    (root / "base/web.yaml").write_text(WEB.replace("app: web", "app: site").replace("replicas: 2", "replicas: 4"))
    (root / "chart/values.yaml").write_text("count: 5\n")
    monkeypatch.chdir(root)
    return root


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(["run", "--isolated", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [("overlays/dev", "dev-web", 4), ("overlays/prod", "prod-web", 3), ("base", "web", 4), ("chart", "web", 5)],
)
def test_what_is_built_is_run(
    repository: Path, capsys: pytest.CaptureFixture[str], path: str, name: str, count: int
) -> None:
    assert f"Deployment {name}  {count} of {count} ready" in ran(capsys, path)


@pytest.mark.parametrize("reference", ["HEAD", "../before"])
@pytest.mark.parametrize(
    ("path", "name", "before", "after"),
    [("overlays/dev", "dev-web", 2, 4), ("overlays/prod", "prod-web", 3, 3), ("chart", "web", 1, 5)],
)
def test_the_older_side_is_built_too(
    repository: Path, capsys: pytest.CaptureFixture[str], path: str, name: str, before: int, after: int, reference: str
) -> None:
    compared = reference if reference == "HEAD" else f"{reference}/{path}"
    shown = ran(capsys, path, "--compare", compared)
    old, _, new = shown.partition("At the end after")
    assert f"Deployment {name}  {before} of {before} ready" in old.partition("At the end before")[2]
    assert f"Deployment {name}  {after} of {after} ready" in new


def places(capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[str, str, int]]:
    cli.main(["check", "--isolated", "--no-cache", "--no-progress", "--output-format", "json", *words])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in found]


@pytest.mark.parametrize("path", [".", "overlays", "overlays/prod", "base"])
def test_an_overlay_is_held_against_its_older_state(
    repository: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    assert ("field-immutable", "base/web.yaml", 6) in places(capsys, path, "--against", "HEAD")
    (repository / "base/web.yaml").write_text(WEB.replace("replicas: 2", "replicas: 4"))
    assert places(capsys, path, "--against", "HEAD") == []


def test_what_was_renamed_is_another_object(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The base of today has another selector; the overlay gives another name, so that nothing is changed in place."""
    (repository / "overlays/dev/kustomization.yaml").write_text("resources: [../../base]\nnamePrefix: new-\n")
    assert "field-immutable" not in {rule for rule, _, _ in places(capsys, "overlays/dev", "--against", "HEAD")}


def test_a_revision_that_is_not_there_is_said(repository: Path) -> None:
    assert cli.main(["check", "overlays/dev", "--against", "no-such-revision"]) == 2
    assert cli.main(["run", "overlays/dev", "--compare", "no-such-revision"]) == 2
