"""Which rules look beyond their object is known without loading them, and what the others would see is not needed for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubetrial.lint import engine
from kubetrial.lint.engine import Choice, Text, ruling
from kubetrial.lint.engine.ruling import Rules
from kubetrial.lint.finding import Finding
from kubetrial.lint.rule import index, load

from tests.conftest import ROOT

FIXTURES = sorted((ROOT / "tests" / "rules").glob("*.yaml"))


def test_the_index_says_which_rules_look_around() -> None:
    for entry in index().values():
        rule = load(entry)
        of_sets = not {"cluster", "timeline", "changes", "chart"}.isdisjoint(entry.visits)
        assert entry.around == (rule is not None and (rule.takes_cluster or of_sets)), entry.name


def _found(path: Path, number: int, known: engine.Known) -> list[Finding]:
    """What is found where one document of a fixture is given, on the others too."""
    documents = path.read_text(encoding="utf-8").split("\n---\n")
    texts = [Text(f"{at}.yaml", text, reported=at == number) for at, text in enumerate(documents)]
    checked = engine.check_texts(texts, Choice(lambda entry: True), known, elsewhere=True)
    return engine.in_order(checked.findings)


@pytest.mark.parametrize("share", range(4))
def test_what_looks_around_sees_the_same_without_the_others(share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = 0
    narrow = Rules.looking_around
    for path in FIXTURES[share::4]:
        last = path.read_text(encoding="utf-8").count("\n---\n")
        for number in {0, last}:
            monkeypatch.setattr(ruling.Rules, "looking_around", narrow)
            found = _found(path, number, engine.Known(complete=False))
            monkeypatch.setattr(ruling.Rules, "looking_around", Rules.visiting)
            assert found == _found(path, number, engine.Known(complete=False)), path.name
            told += sum(finding.file != f"{number}.yaml" for finding in found)
    assert told


@pytest.mark.parametrize("share", range(4))
def test_a_rule_that_looks_at_its_object_says_the_same_beside_others(share: int) -> None:
    """All rules but those that look around: each document of a fixture alone, and among the others."""
    alone = {name for name, entry in index().items() if not entry.around and entry.visits != ("nothing",)}
    choice = Choice(lambda entry: entry.name in alone)
    for path in FIXTURES[share::4]:
        documents = path.read_text(encoding="utf-8").split("\n---\n")
        texts = [Text(f"{at}.yaml", text) for at, text in enumerate(documents)]
        together = engine.in_order(engine.check_texts(texts, choice).findings)
        apart = [finding for text in texts for finding in engine.check_texts([text], choice).findings]
        rows = [[(f.rule, f.file, f.range, f.message) for f in engine.in_order(some)] for some in (together, apart)]
        assert rows[0] == rows[1], path.name
