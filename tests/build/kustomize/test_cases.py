"""Small kustomizations of uncommon writing, each held to what the real tool builds of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.build.kustomize import build
from kubetrial.lint.build.tree import TextTree
from kubetrial.lint.yaml.source import read

FILE = Path(__file__).parent / "cases.yaml"
DATA: dict[str, Any] = read(FILE.name, FILE.read_text(encoding="utf-8")).documents[0].value
WORKLOAD: str = DATA["workload"]
PLAIN = [document.value for document in read("workload", WORKLOAD).documents]


def built(case: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The objects of a case; None where it is refused."""
    texts = {name: text.replace("@workload\n", WORKLOAD) for name, text in case["files"].items()}
    unit = build(TextTree({name: text.encode() for name, text in texts.items()}), case.get("root", "."))
    return None if any(problem.fatal for problem in unit.problems) else [one.value for one in unit.objects]


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: str(case["name"]))
def test_a_kustomization_is_built_as_the_real_tool_builds_it(case: dict[str, Any]) -> None:
    objects = built(case)
    if case.get("refused"):
        assert objects is None
        return
    assert objects is not None
    assert len(objects) == case["count"]
    assert [one for one in objects if one not in PLAIN] == [json.loads(text) for text in case["changed"]]
