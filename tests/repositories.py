"""Repositories that tests write and check as a user does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.build import charts
from kubetrial.lint.build.charts import Charts
from kubetrial.lint.build.tree import TextTree
from kubetrial.lint.command import cli


def written(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a repository at a folder."""
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def chart_of(files: Mapping[str, str]) -> Charts:
    """The chart in the folder `shop` of some files, with the values that it brings and with those of its ci/."""
    tree = TextTree({path: text.encode() for path, text in files.items()})
    return charts.rendered(tree, ["shop"], lambda folder: list(charts.by_itself(tree, folder)), 37, str, list(files))


def findings_in(
    folder: Path,
    files: Mapping[str, str],
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> list[dict[str, Any]]:
    """Write files into a repository at a folder, check it with these words of the command line, and return what the JSON report has."""
    written(folder, files)
    monkeypatch.chdir(folder)
    cli.main(["check", "--isolated", "--no-progress", "--output-format", "json", *words])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return found
