"""docs/peers.toml: every concept that a peer checks has rules of ours, each with a fixture, or a reason."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from kubetrial.lint.rule import index

from tests.conftest import ROOT, SHARED
from tests.scripts import loaded

UNION = SHARED / "knowledge" / "peers-checks.md"
OF_THE_ENGINE = {"file-unreadable", "internal-error", "field-immutable"}
"""Rules that no single manifest can show."""


def generator() -> ModuleType:
    return loaded(ROOT / "docs" / "peers.py")


PEERS = generator()
TABLE = PEERS.table()


def named() -> set[str]:
    return {
        name for group in TABLE.values() for answer in group.values() if isinstance(answer, list) for name in answer
    }


@pytest.mark.parametrize("name", sorted(named()))
def test_each_rule_exists_and_has_a_fixture(name: str) -> None:
    assert name in index()
    fixture = ROOT / "tests" / "rules" / f"{name.replace('-', '_')}.yaml"
    assert name in OF_THE_ENGINE or re.search(rf"# expect(-next)?:.*\b{name}\b", fixture.read_text(encoding="utf-8"))


def test_each_concept_has_an_answer() -> None:
    for group in TABLE.values():
        for concept, answer in group.items():
            assert answer, concept
            assert isinstance(answer, list) or len(answer) > 20, f"{concept}: the reason says nothing"


def test_the_page_is_up_to_date() -> None:
    assert PEERS.PAGE.read_text(encoding="utf-8") == PEERS.page(), "run python docs/peers.py"


@pytest.mark.skipif(not UNION.exists(), reason="the union of the peers' checks is not beside the repository")
def test_every_concept_of_the_union_is_listed_once() -> None:
    rows = re.findall(r"^\| \d+ \| (.*?) \| .* \| \d+ \|$", UNION.read_text(encoding="utf-8"), re.M)
    ours = [concept for group in TABLE.values() for concept in group]
    assert sorted(ours) == sorted(row.replace("`", "").strip() for row in rows)
