"""docs/false-alarms.tsv: the findings that were read, and whether each is true."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from kubetrial.lint.engine import Text, check_texts
from kubetrial.lint.files import discover
from kubetrial.lint.rule import index
from kubetrial.lint.yaml import source

from tests.conftest import ROOT

TABLE = ROOT / "docs" / "false-alarms.tsv"
COLUMNS = ("rule", "repository", "path", "line", "verdict", "reason")


def rows() -> list[tuple[str, ...]]:
    header, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert tuple(header.split("\t")) == COLUMNS
    return [tuple(line.split("\t")) for line in lines]


def test_every_row_is_whole_and_stands_once_in_order() -> None:
    entries = index()
    for rule, repository, path, line, verdict, reason in rows():
        assert entries[rule].category.value in ("broken", "risky"), rule
        assert repository.count("/") == 1, repository
        assert path.endswith((".yaml", ".yml", ".json")), path
        assert int(line) > 0
        assert verdict in ("true", "false"), (rule, path)
        assert len(reason.split()) > 3, (rule, path)
    keys = [(rule, repository.lower(), path, int(line)) for rule, repository, path, line, *_ in rows()]
    assert keys == sorted(set(keys))


def test_few_alarms_are_false() -> None:
    """At most 3.5 % over all, and no rule above 10 %."""
    read = Counter(rule for rule, *_ in rows())
    false = Counter(rule for rule, _, _, _, verdict, _ in rows() if verdict == "false")
    assert sum(false.values()) <= 0.035 * sum(read.values())
    assert {rule: count for rule, count in false.items() if count > 0.1 * read[rule]} == {}


def test_the_table_has_the_findings_of_today(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every default finding on the repositories at hand has a row, but for what the server refuses; and no row is left over."""
    found, known = set(), set()
    for folder in sorted((shared / "corpus" / "manifests").iterdir()):
        repository = folder.name.replace("__", "/", 1)
        known.add(repository)
        monkeypatch.chdir(folder)
        files = discover.discover(["."], stdin=bytes).files
        checked = check_texts([Text(file.path, source.decode(file.read())) for file in files])
        for finding in checked.findings:
            if finding.category.value != "rejected":
                found.add((finding.rule, repository, finding.file, str(finding.range.start.line)))
    table = {row[:4] for row in rows() if row[1] in known}
    assert sorted(found - table) == []
    assert sorted(table - found) == []
