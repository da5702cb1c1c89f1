"""The pages that are generated, and what README claims, are true today."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from kubetrial.lint.command import cli

from tests.conftest import ROOT
from tests.scripts import loaded


def generated() -> dict[str, str]:
    module = loaded(ROOT / "docs" / "generate.py")
    pages: dict[str, str] = module.pages()
    return pages


def test_generated_pages_are_up_to_date() -> None:
    pages = generated()
    for name, text in pages.items():
        path = ROOT / "docs" / name
        assert path.exists(), f"{name}: run python docs/generate.py"
        assert path.read_text(encoding="utf-8") == text, f"{name}: run python docs/generate.py"
    for folder in ("rules", "validation"):
        there = {f"{folder}/{path.name}" for path in (ROOT / "docs" / folder).glob("*.md")}
        assert there <= set(pages)


@pytest.mark.parametrize(
    "path",
    sorted([*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "rules")]),
    ids=lambda p: p.name,
)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_examples(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The right examples are clean, each wrong one has what its comment says."""
    monkeypatch.chdir(ROOT)
    assert (
        cli.main(["check", "examples/right", "--isolated", "--fail-on", "info", "--select", "rejected,broken,risky"])
        == 0
    )
    capsys.readouterr()
    assert cli.main(["check", "examples", "--isolated", "--output-format", "json"]) == 1
    found = {(f["file"], f["rule"]) for f in json.loads(capsys.readouterr().out)["findings"]}
    assert {file for file, _ in found} == {
        f"examples/wrong/{name}.yaml" for name in ("job", "cronjob", "daemonset", "statefulset")
    }
    assert ("examples/wrong/cronjob.yaml", "cronjob-never-due") in found
    assert ("examples/wrong/daemonset.yaml", "daemonset-tolerates-old-master-only") in found
    assert ("examples/wrong/daemonset.yaml", "daemonset-not-guaranteed") in found
    assert ("examples/wrong/statefulset.yaml", "statefulset-without-headless-service") in found
    assert ("examples/wrong/statefulset.yaml", "claim-left-over") in found
    assert ("examples/wrong/statefulset.yaml", "volume-mount-without-volume") in found


def test_json_of_the_examples_fits_its_schema(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    cli.main(["check", "examples", "--isolated", "--output-format", "json"])
    report = json.loads(capsys.readouterr().out)
    schema = json.loads((ROOT / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(report)


def test_hook_entries_are_commands_that_exist() -> None:
    from ruamel.yaml import YAML

    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["kubetrial", "kubetrial-all", "kubetrial-fix"]
    for hook in hooks:
        words = hook["entry"].split()
        assert words[0] == "kubetrial"
        cli.parser().parse_args(words[1:])
        assert hook["require_serial"]
