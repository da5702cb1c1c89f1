"""Several minors at once say what each of them says alone, each thing once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.command import cli
from kubetrial.lint.engine import Text, check_texts
from kubetrial.lint.finding import Finding
from kubetrial.lint.settings import minors
from kubetrial.schemas.minors import MINORS

FIXTURES = sorted(Path(__file__).parent.parent.glob("rules/*.yaml"))
TEXTS = [Text("greenhouse.yaml", Path(__file__).with_name("greenhouse.yaml").read_text(encoding="utf-8"))]


def keys(findings: list[Finding]) -> list[tuple[object, ...]]:
    return sorted((f.file, f.range, f.rule, f.path, f.message) for f in findings)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(MINORS), st.sampled_from(MINORS), st.lists(st.sampled_from(FIXTURES), max_size=6, unique=True))
def test_others_are_as_alone(one: int, other: int, paths: list[Path]) -> None:
    texts = [*TEXTS, *(Text(path.name, path.read_text(encoding="utf-8")) for path in paths)]
    together = check_texts(texts, minor=one, also=(other,))
    assert keys(together.findings) == keys(check_texts(texts, minor=one).findings)
    assert keys(together.others[other]) == keys(check_texts(texts, minor=other).findings)


def test_a_thing_is_said_once_with_the_minors_in_which_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("greenhouse.yaml").write_text(TEXTS[0].text, encoding="utf-8")
    arguments = ("check", "--isolated", "--select", "rejected,field-dropped", "--output-format", "json", ".")
    assert cli.main((*arguments, "--kubernetes-version", "1.31, 1.32,1.34")) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {(f["rule"], f["range"]["start"]["line"], *f.get("kubernetesVersions", ())) for f in found} == {
        ("api-removed", 1, "1.32", "1.34"),
        ("field-dropped", 14, "1.31", "1.32"),
        ("value-unsupported", 36, "1.34"),
        ("value-wrong-type", 43),
        ("field-dropped", 58),
        ("kind-unknown", 61, "1.31", "1.32"),
    }
    assert all(f["fix"] is None for f in found if "kubernetesVersions" in f)


def test_an_ignore_is_used_where_one_minor_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = TEXTS[0].text.replace(
        "  hostUsers: false", "  # kubetrial: ignore[field-dropped] the nodes are not ready\n  hostUsers: false"
    )
    Path("greenhouse.yaml").write_text(text, encoding="utf-8")
    cli.main(
        ("check", "--isolated", "--select", "field-dropped,ignore-unused", "--kubernetes-version", "1.31,1.34", ".")
    )
    assert "hostUsers" not in capsys.readouterr().out
    cli.main(("check", "--isolated", "--select", "all", "--kubernetes-version", "1.34", "."))
    assert "ignore-unused" in capsys.readouterr().out


def test_nothing_found_is_nothing_together() -> None:
    assert minors.together({31: [], 34: []}) == []


BUDGET = """apiVersion: {{ if %s }}policy/v1{{ else }}policy/v1beta1{{ end }}
kind: PodDisruptionBudget
metadata: {name: {{ .Release.Name }}}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
"""
ASKING = {
    "served": BUDGET % '.Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget"',
    "version": BUDGET % 'semverCompare ">=1.33-0" .Capabilities.KubeVersion.Version',
    "silent": BUDGET % "true",
}
"""What a chart asks about the cluster -> its template."""


def test_charts_are_as_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is rendered for one minor serves another only where the templates got the same answers."""
    monkeypatch.chdir(tmp_path)
    for name, template in ASKING.items():
        folder = tmp_path / name / "templates"
        folder.mkdir(parents=True)
        (folder / "budget.yaml").write_text(template, encoding="utf-8")
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n", encoding="utf-8")

    def said(version: str) -> list[tuple[object, ...]]:
        cli.main(("check", "--isolated", "--no-cache", "--output-format", "json", "--kubernetes-version", version, "."))
        found = json.loads(capsys.readouterr().out)["findings"]
        return [(f["file"], f["rule"], f["path"], *f.get("kubernetesVersions", ())) for f in found]

    assert [(file.partition("/")[0], rule) for file, rule, _ in said("1.26")] == [("version", "api-removed")]
    assert said("1.34") == []
    assert [(file.partition("/")[0], *versions) for file, _, _, *versions in said("1.26,1.31,1.34")] == [
        ("version", "1.26", "1.31")
    ]
