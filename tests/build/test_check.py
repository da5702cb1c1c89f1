"""`check` of a repository with kustomizations: what is built is judged, at the lines of the sources."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli

REPOSITORY = Path(__file__).parent / "repository"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(REPOSITORY, tmp_path / "repository")
    (tmp_path / "repository" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    return tmp_path / "repository"


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    cli.main(["check", "--isolated", "--no-progress", "--output-format", "json", *arguments])
    findings: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return findings


def places(findings: list[dict[str, Any]]) -> set[tuple[str, str, int, int]]:
    return {
        (f["rule"], f["file"], f["range"]["start"]["line"], f["range"]["start"]["column"])
        for f in findings
        if f["level"] == "error"
    }


EXPECTED = {
    ("field-unknown", "base/web.yaml", 15, 7),
    ("field-unknown", "overlays/dev/more.yaml", 6, 3),
    ("kustomization-file-missing", "other/kustomization.yaml", 2, 5),
}


def test_findings_stand_in_the_sources_and_are_said_once(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = found(capsys, ".")
    assert places(findings) == EXPECTED
    of_base = [f for f in findings if f["file"] == "base/web.yaml" and f["rule"] == "field-unknown"]
    assert len(of_base) == 1
    assert "in 2 of 2 overlays: overlays/dev, overlays/prod" in of_base[0]["message"]


def test_a_base_is_judged_through_its_users_elsewhere(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert places(found(capsys, "base")) >= {("field-unknown", "base/web.yaml", 15, 7)}
    assert places(found(capsys, "overlays/dev/more.yaml")) == {("field-unknown", "overlays/dev/more.yaml", 6, 3)}


def test_a_comment_in_a_source_silences_what_is_built_of_it(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repository / "base" / "web.yaml"
    line = "terminationGraceSeconds: 5"
    file.write_text(file.read_text().replace(line, f"{line} # kubetrial: ignore[field-unknown] on purpose"))
    (one,) = [f for f in found(capsys, ".") if f["file"] == "base/web.yaml" and f["rule"] == "field-unknown"]
    assert one["suppressed"]


def test_without_building_files_are_judged_as_they_stand(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ("field-unknown", "base/web.yaml", 15, 7) in places(found(capsys, ".", "--no-build"))


def test_units_are_shown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--isolated", "--show-units", "."]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "kustomization  other: 0 objects of 1 file (kustomize refuses to build it)",
        "kustomization  overlays/dev: 1 object of 4 files",
        "kustomization  overlays/prod: 1 object of 3 files",
    ]


def test_build_prints_what_is_applied(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "overlays/prod"]) == 0
    assert "  namespace: prod\n" in capsys.readouterr().out
    assert cli.main(["build", "overlays/dev", "--origins"]) == 0
    assert "replicaCount: 3  # overlays/dev/more.yaml:6" in capsys.readouterr().out.replace(" # ", "  # ").replace(
        "   #", "  #"
    )
    assert cli.main(["build", ".", "--output-format", "json"]) == 1
    said = capsys.readouterr()
    assert "other/kustomization.yaml:2:5" in said.err
    units = json.loads(said.out)
    assert [unit["unit"] for unit in units] == ["other", "overlays/dev", "overlays/prod"]
    assert units[2]["objects"][0]["origins"]["spec.replicas"] == {"file": "base/web.yaml", "line": 6, "column": 13}
    assert cli.main(["build", "base/web.yaml"]) == 2
    assert cli.main(["build", "nowhere"]) == 2


def written(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  serviceAccountName: NAME\n  containers: [{name: web, image: 'web:1'}]\n"
TWO_UNITS = {
    "platform/kustomization.yaml": "namespace: shop\nresources: [accounts.yaml, settings.yaml]\n",
    "platform/accounts.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n",
    "platform/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n",
    "apps/kustomization.yaml": "namespace: shop\nresources: [web.yaml]\n",
    "apps/web.yaml": POD,
}


@pytest.mark.parametrize(
    ("name", "closed", "told"), [("web", True, False), ("nobody", False, False), ("nobody", True, True)]
)
def test_what_other_units_apply_is_there_and_only_a_closed_world_lacks_the_rest(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    closed: bool,
    told: bool,
) -> None:
    (tmp_path / ".git").mkdir()
    written(tmp_path, {path: text.replace("NAME", name) for path, text in TWO_UNITS.items()})
    monkeypatch.chdir(tmp_path)
    findings = found(capsys, ".", *(["--closed-world"] if closed else []))
    missing = [(f["file"], f["range"]["start"]["line"]) for f in findings if name in f["message"]]
    assert missing == ([("apps/web.yaml", 5)] if told else [])


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "checkstyle", "rdjson", "azure", "concise"])
def test_reports_name_source_files_only(repository: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    cli.main(["check", "--isolated", "--no-progress", "--output-format", form, "."])
    out = capsys.readouterr().out
    assert "base/web.yaml" in out
    assert "overlays/dev/more.yaml" in out
    assert "overlays/dev/kustomization.yaml" not in out  # the file that stands for the unit


def test_several_units_have_headers(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "overlays"]) == 0
    headers = [line for line in capsys.readouterr().out.splitlines() if line.startswith("# Unit:")]
    assert headers == ["# Unit: overlays/dev", "# Unit: overlays/prod"]
