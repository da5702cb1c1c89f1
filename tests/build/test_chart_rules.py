"""Rules about charts: each folder of chart_rules/ is a chart (or holds several) with `# expect: rule` where a finding must stand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.command.test_rules import expected
from kubetrial.lint.rule import index

FOLDER = Path(__file__).parent / "chart_rules"
CASES = sorted(path.name for path in FOLDER.iterdir())


def marked(folder: Path) -> set[tuple[str, str, int]]:
    """(rule, file, line) of each mark."""
    return {
        (rule, file.relative_to(folder).as_posix(), line)
        for file in folder.rglob("*")
        if file.is_file()
        for line, rule in expected(file.read_text())
    }


def findings(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    """What a check of a folder finds, with the rule of that name on."""
    assert cli.main(["check", "--isolated", "--no-progress", "--output-format", "json", *arguments, "."]) < 2
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["findings"]
    return found


@pytest.mark.parametrize("case", CASES)
def test_fixture(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(FOLDER / case, tmp_path / case)
    monkeypatch.chdir(tmp_path / case)
    rule = index()[case]
    words = () if rule.category.on_by_default else ("--select", f"rejected,broken,risky,{case}")
    found = findings(tmp_path / case, capsys, *words)
    got = {(f["rule"], f["file"], f["range"]["start"]["line"]) for f in found}  # type: ignore[index]
    assert got == marked(FOLDER / case), json.dumps(found, indent=1)


@pytest.mark.parametrize("name", sorted(name for name in index() if name.startswith("chart-")))
def test_each_rule_has_a_chart_that_it_flags(name: str) -> None:
    assert any(rule == name for rule, _, _ in marked(FOLDER / name))
