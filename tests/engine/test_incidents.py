"""What operators reported, replayed: tests/incidents/README.md says what happened and what should be told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kubetrial.lint.command.test_rules import expected
from kubetrial.lint.engine import Choice, Known, Text, check_texts

from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "incidents"
REPORTS = sorted(FOLDER.glob("*.yaml"))
HINTS = {"job-in-mesh", "port-80-of-ordinary-user", "zone-in-a-variable", "agent-injected-into-cron"}
"""Told by a rule that is off by default."""
SILENT = {
    "statefulset-broken-image",
    "liveness-before-migrations",
    "service-called-server",
    "every-five-minutes-of-an-hour",
}
"""What the manifests do not show: how the next image will be, how long a start takes, what an image reads; and what is right."""


def test_the_list_is_whole() -> None:
    rows = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    named = {found.group(1) for row in rows if (found := re.match(r"\| \[([a-z0-9-]+)\]\(https://", row))}
    assert named == {path.stem for path in REPORTS}
    assert len(named) >= 30
    assert all((FOLDER / f"{path.name}").exists() for path in (FOLDER / "before").glob("*.yaml"))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_report(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    older = FOLDER / "before" / path.name
    checked = check_texts(
        [Text(path.name, text)],
        choice=Choice(selected=lambda entry: entry.category.on_by_default or path.stem in HINTS),
        known=Known(complete=True),
        minor=37,
        older=[Text(path.name, older.read_text(encoding="utf-8"))] if older.exists() else None,
    )
    levels = ("error", "warning", "info") if path.stem in HINTS else ("error", "warning")
    found = {(f.range.start.line, f.rule) for f in checked.findings if f.level in levels}
    marked = set(expected(text))
    assert bool(marked) == (path.stem not in SILENT)
    if path.stem in HINTS:
        assert marked <= found
    else:
        assert found == marked
