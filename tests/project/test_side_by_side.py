"""The page that sets kubetrial beside other linters: kubetrial's part is what the present code says."""

from __future__ import annotations

from types import ModuleType

import pytest

from tests.conftest import ROOT
from tests.scripts import loaded

SCRIPT = ROOT / "benchmarks" / "side_by_side.py"


@pytest.fixture(scope="module")
def side_by_side() -> ModuleType:
    if not SCRIPT.exists():
        pytest.skip("the benchmarks are not in this copy of the project")
    return loaded(SCRIPT)


def test_the_page_says_what_the_code_says(side_by_side: ModuleType) -> None:
    assert side_by_side.PAGE.read_text(encoding="utf-8") == side_by_side.page(), "run benchmarks/side_by_side.py"


def test_every_mistake_is_described_once_and_stands_in_a_manifest(side_by_side: ModuleType) -> None:
    described = set(side_by_side.table()) - {"false"}
    marked = [name for case in side_by_side.cases() for name in case.lines]
    assert sorted(marked) == sorted(described)


def test_kubetrial_finds_every_mistake_at_its_line(side_by_side: ModuleType) -> None:
    for case in side_by_side.cases():
        said = {(one.line, one.text.partition(":")[0]) for one in side_by_side.kubetrial(case)}
        for name, line in case.lines.items():
            assert (line, side_by_side.table()[name]["kubetrial"]) in said, name


def test_what_kubetrial_says_beside_the_mistakes_is_true(side_by_side: ModuleType) -> None:
    """It follows from a mistake, or is advice."""
    beside = {
        (case.name, one.text.partition(":")[0])
        for case in side_by_side.cases()
        for one in side_by_side.kubetrial(case)
        if one.line not in case.lines.values()
    }
    assert beside == {
        ("claims.yaml", "claim-orphaned"),
        ("daemonset.yaml", "daemonset-not-guaranteed"),
        ("statefulset.yaml", "container-data-on-mount-point"),  # PostgreSQL 16 on the mount point of its volume
    }
