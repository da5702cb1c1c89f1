"""What a selector that chooses nothing was meant for, among many objects beside it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint import engine
from kubetrial.lint.objects import selections

_VALUES = st.sampled_from(("backend", "backned", "front", "web", "other", "1"))
_LABELS = st.dictionaries(st.sampled_from(("app", "tier")), _VALUES, max_size=2)


def _flow(labels: dict[str, str]) -> str:
    return "{" + ", ".join(f'{key}: "{value}"' for key, value in labels.items()) + "}"


def _text(pods: list[tuple[str, dict[str, str]]], selector: dict[str, str]) -> str:
    each = [
        f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  labels: {_flow(labels)}\n"
        "spec: {containers: [{name: main, image: web}]}\n"
        for name, labels in pods
    ]
    service = f"apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{selector: {_flow(selector)}, ports: [{{port: 80}}]}}\n"
    return "---\n".join([*each, service])


def _said(text: str) -> list[str]:
    checked = engine.check_texts(
        [engine.Text("all.yaml", text)],
        engine.Choice(lambda entry: entry.name == "service-selects-nothing"),
        engine.Known(complete=True),
    )
    return [finding.message for finding in checked.findings]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(("web", "backend", "x")), _LABELS), min_size=1, max_size=8),
    st.dictionaries(st.sampled_from(("app", "tier")), _VALUES, min_size=1, max_size=2),
)
def test_of_many_objects_those_are_looked_at_that_it_may_be_meant_for(
    pods: list[tuple[str, dict[str, str]]], selector: dict[str, str]
) -> None:
    text = _text(pods, selector)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selections, "_MANY", 1000)
        each = _said(text)
        patch.setattr(selections, "_MANY", 0)
        assert _said(text) == each


def test_a_slip_among_many() -> None:
    pods = [(f"other-{number}", {"app": f"other-{number}"}) for number in range(2 * selections._MANY)]
    text = _text([*pods, ("one", {"app": "backend"})], {"app": "backned"})
    assert len(_said(text)) == 1
    assert "has app: backend" in _said(text)[0]
