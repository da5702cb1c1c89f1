"""Every scenario beside this file, and every recorded one, with the facts that any correct simulator reproduces."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from kubetrial.lint.trial import run_scenario

from tests.scripts import loaded

HERE = Path(__file__).parent
OWN = HERE / "scenarios"
RECORDED = HERE.parent.parent.parent / "shared" / "timelines"


def _module(path: Path) -> ModuleType:
    return loaded(path)


facts = _module(HERE / "facts.py")


@pytest.mark.parametrize("name", sorted(p.name for p in OWN.iterdir()))
def test_own_scenario(name: str) -> None:
    timeline = run_scenario([], str(OWN / name / "scenario.json"))
    for fact in json.loads((OWN / name / "facts.json").read_text())["facts"]:
        facts.check(fact, timeline)


def test_an_item_that_is_null_is_no_container_to_update() -> None:
    from kubetrial.lint.trial import scenarios

    for containers in ([None], [], None):
        job = {
            "kind": "Deployment",
            "metadata": {"name": "a"},
            "spec": {"template": {"spec": {"containers": containers}}},
        }
        assert scenarios._updates([job]) == ()


_recorded = sorted(p.name for p in (RECORDED / "dev").iterdir()) if (RECORDED / "dev").is_dir() else []


@pytest.mark.skipif(not _recorded, reason="no recorded timelines beside this checkout")
@pytest.mark.parametrize("name", _recorded)
def test_recorded_scenario(name: str, tmp_path: Path) -> None:
    score = _module(RECORDED / "score.py")
    timeline = run_scenario([], str(RECORDED / "dev" / name / "scenario.json"))
    written = tmp_path / "timeline.jsonl"
    written.write_text("".join(line + "\n" for line in timeline.lines()))
    unmet = [text for _, holds, text in score.score(str(RECORDED / "dev" / name), str(written)) if not holds]
    assert not unmet, "\n".join(unmet)
