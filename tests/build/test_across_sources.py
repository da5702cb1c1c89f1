"""One finding in several units and sources: said once, at the line that a person changes, in every report, fix and hook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli

from tests.manifests import WORKLOAD
from tests.repositories import written

WEB = WORKLOAD.replace(
    "      containers:\n", "      terminationGraceSeconds: 5\n      containers: [{name: web, image: 'web:1'}]\n"
)
RIGHT = """\
resources: [../../base]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec: {terminationGraceSeconds: null, terminationGracePeriodSeconds: 5}
- path: size.yaml
"""
SIZE = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replica: 3\n"
LABELS = SIZE.replace("  replica: 3", "  template:\n    metadata: {labels: {app: other}}")
OVER_BASE = "resources: [../../base]\n"
SHOP = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": WEB,
    "overlays/dev/kustomization.yaml": OVER_BASE,
    "overlays/stage/kustomization.yaml": OVER_BASE,
    "overlays/test/kustomization.yaml": OVER_BASE,
    "overlays/prod/kustomization.yaml": RIGHT,
    "overlays/prod/size.yaml": SIZE,
    "lone/kustomization.yaml": "resources: [map.yaml]\n",
    "lone/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lone}\ndatas: {}\n",
    "plain/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n",
}
OF_BASE = ("field-unknown", "base/web.yaml", 9)
OF_PATCH = ("field-unknown", "overlays/prod/size.yaml", 5)
OF_LONE = ("field-unknown", "lone/map.yaml", 4)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with four overlays of one base, a base of nobody, and a plain file."""
    written(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], form: str, *words: str) -> Any:
    cli.main(["check", "--isolated", "--no-progress", "--no-cache", "--output-format", form, *words])
    out = capsys.readouterr().out
    return json.loads(out) if form in ("json", "sarif") else out


def errors(capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[str, str, int]]:
    findings = said(capsys, "json", *words)["findings"]
    wrong = [f for f in findings if f["level"] == "error" and not f["suppressed"]]
    return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in wrong]


def test_overlays_a_base_of_nobody_and_plain_files_are_units(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--isolated", "--show-units", "."]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "kustomization  lone: 1 object of 2 files",
        "kustomization  overlays/dev: 1 object of 3 files",
        "kustomization  overlays/prod: 1 object of 4 files",
        "kustomization  overlays/stage: 1 object of 3 files",
        "kustomization  overlays/test: 1 object of 3 files",
        "plain          1 file judged as they stand",
    ]


def test_what_several_overlays_have_is_said_once_with_their_names(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert errors(capsys, ".") == [OF_BASE, OF_LONE, OF_PATCH]
    (one,) = [f for f in said(capsys, "json", ".")["findings"] if f["file"] == "base/web.yaml"]
    assert one["message"].endswith("(in 3 of 4 overlays: overlays/dev, overlays/stage, overlays/test)")


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ("base/web.yaml", [OF_BASE]),
        ("overlays/prod/size.yaml", [OF_PATCH]),
        ("overlays/test/kustomization.yaml", []),
        ("plain/map.yaml", []),
    ],
)
def test_a_hook_on_a_source_judges_the_overlays_that_include_it(
    shop: Path, capsys: pytest.CaptureFixture[str], changed: str, wrong: list[object]
) -> None:
    assert errors(capsys, changed) == wrong


def test_a_changed_base_breaks_the_patch_of_an_overlay(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "base" / "web.yaml").write_text(WEB.replace("metadata: {name: web}", "metadata: {name: shop}"))
    unmatched = ("kustomization-patch-unmatched", "overlays/prod/kustomization.yaml", 3)
    assert errors(capsys, "base/web.yaml") == [OF_BASE, unmatched]


def test_a_fix_is_made_in_the_source_that_says_so_and_in_no_other(shop: Path) -> None:
    cli.main(["check", "--isolated", "--no-progress", "--no-cache", "--fix", "."])
    changed = {path: (shop / path).read_text() for path in SHOP if (shop / path).read_text() != SHOP[path]}
    assert changed == {
        "overlays/prod/size.yaml": SIZE.replace("replica:", "replicas:"),
        "lone/map.yaml": SHOP["lone/map.yaml"].replace("datas", "data"),
    }


@pytest.mark.parametrize(
    ("file", "line", "left"),
    [
        ("base/web.yaml", "terminationGraceSeconds: 5", [OF_LONE, OF_PATCH]),
        ("overlays/prod/size.yaml", "replica: 3", [OF_BASE, OF_LONE]),
    ],
)
def test_a_comment_in_a_base_or_a_patch_silences_what_it_says(
    shop: Path, capsys: pytest.CaptureFixture[str], file: str, line: str, left: list[object]
) -> None:
    text = (shop / file).read_text()
    (shop / file).write_text(text.replace(line, f"{line} # kubetrial: ignore[field-unknown] meant so"))
    assert errors(capsys, ".") == left


def test_reports_name_the_patch_and_the_base_beside_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "overlays" / "prod" / "size.yaml").write_text(LABELS)
    results = said(capsys, "sarif", ".")["runs"][0]["results"]
    (one,) = [result for result in results if result["ruleId"] == "workload-selector-invalid"]

    def file(place: dict[str, Any]) -> str:
        return str(place["physicalLocation"]["artifactLocation"]["uri"])

    assert [file(place) for place in one["locations"]] == ["overlays/prod/size.yaml"]
    assert {file(place) for place in one["relatedLocations"]} == {"base/web.yaml"}
    lines = [line for line in said(capsys, "github", ".").splitlines() if "workload-selector-invalid" in line]
    assert len(lines) == 1
    assert "file=overlays/prod/size.yaml,line=6," in lines[0]


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        (
            {"a/kustomization.yaml": "resources:\n- ../b\n", "b/kustomization.yaml": "resources:\n- ../a\n"},
            [("kustomization-cycle", "a/kustomization.yaml", 2), ("kustomization-cycle", "b/kustomization.yaml", 2)],
        ),
        (
            {"a/kustomization.yaml": "resources: [map.yaml]\nopenapi: {path: gone.json}\n"},
            [("kustomization-file-missing", "a/kustomization.yaml", 2)],
        ),
        (
            {"a/kustomization.yaml": "resources: [map.yaml]\ncrds: [gone.yaml]\n"},
            [("kustomization-file-missing", "a/kustomization.yaml", 2)],
        ),
        (
            {"a/kustomization.yaml": "resources: [map.yaml]\nsortOptions: {order: fifoo}\n"},
            [("kustomization-invalid", "a/kustomization.yaml", 2)],
        ),
        (
            {"a/kustomization.yaml": "resorces: [map.yaml]\n"},
            [("kustomization-invalid", "a/kustomization.yaml", 1)],
        ),
        (
            {"a/kustomization.yaml": "resources: [map.yaml, map.yaml]\n"},
            [("kustomization-id-twice", "a/kustomization.yaml", 1)],
        ),
    ],
)
def test_what_kustomize_refuses_is_told_at_its_entry(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    wrong: list[object],
) -> None:
    written(tmp_path, {"a/map.yaml": SHOP["plain/map.yaml"], "b/map.yaml": SHOP["plain/map.yaml"], **files})
    monkeypatch.chdir(tmp_path)
    assert errors(capsys, ".") == wrong


def test_bases_that_double_at_each_level_end_with_an_honest_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"l0/kustomization.yaml": "resources: [map.yaml]\n", "l0/map.yaml": SHOP["plain/map.yaml"]}
    for level in range(1, 25):
        below = f"l{level - 1}"
        files |= {
            f"l{level}/kustomization.yaml": "resources: [one, two]\n",
            f"l{level}/one/kustomization.yaml": f"namePrefix: a-\nresources: [../../{below}]\n",
            f"l{level}/two/kustomization.yaml": f"namePrefix: b-\nresources: [../../{below}]\n",
        }
    written(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    (one,) = [f for f in said(capsys, "json", ".")["findings"] if f["level"] == "error"]
    assert one["message"] == "the bases multiply to more than can be built"
