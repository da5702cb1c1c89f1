"""What rules of custom resources can cost at most: the numbers that a 1.37 API server says, and its verdicts.

`exact` holds what its message names: the rule, the maxItems of the list around it, and the factor by which it is above the limit; `refused` whether it
refuses the rule where it stands once, in a list of 50, and in a list of any length (`L`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import cel
from kubetrial.lint.values.cel import cost

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "cel_costs.json").read_text(encoding="utf-8"))
SCHEMA = RECORDED["schema"]


def most(rule: str, schema: Any = SCHEMA) -> int | None:
    environment = cel.of_schema(schema, 37, root=False, old=False)
    data = cost.sized(schema)
    assert environment is not None
    assert data is not None
    outcome = cel.compiled(rule, environment, cel.WANTED_CONDITION)
    assert outcome is not None
    return cel.most_cost(outcome, data)


@pytest.mark.parametrize(("rule", "often", "factor"), RECORDED["exact"], ids=lambda value: str(value)[:60])
def test_costs_are_those_that_the_server_names(rule: str, often: int, factor: float) -> None:
    found = most(rule)
    assert found is not None
    assert round(found * often / cost.RULE_LIMIT, 6) == pytest.approx(factor, abs=1.1e-6)


def test_verdicts_are_those_of_the_server() -> None:
    unknown = set()
    for rule, around, refused in RECORDED["refused"]:
        found = most(rule)
        if found is None:
            unknown.add(rule)
            continue
        data = cost.sized(SCHEMA)
        assert data is not None
        often = {"": 1, "50": 50, "L": cost.repeated(data)}[around]
        assert (cost.times(found, often) > cost.RULE_LIMIT) is refused, (rule, around)
    assert len(unknown) <= 3, "of these nothing is said"


def test_verdicts_on_optionals_lists_and_maps_are_those_of_the_server() -> None:
    """`refused` holds a rule, the schema that it is a rule of, and whether it is refused there once, or in a list of any length (`L`)."""
    recorded = json.loads((Path(__file__).parent / "cel_costs_of_schemas.json").read_text(encoding="utf-8"))
    for rule, name, around, refused in recorded["refused"]:
        schema = recorded["schemas"][name]
        found, data = most(rule, schema), cost.sized(schema)
        assert found is not None, rule
        assert data is not None
        often = cost.repeated(data) if around else 1
        assert (cost.times(found, often) > cost.RULE_LIMIT) is refused, (rule, name, around)


@pytest.mark.parametrize(
    ("schema", "least", "items"),
    [
        ({"type": "boolean"}, 4, 0),
        ({"type": "string"}, 2, cost.REQUEST - 2),
        ({"type": "string", "maxLength": 5}, 2, 20),
        ({"type": "string", "enum": ["a", "bcd"]}, 2, 3),
        ({"type": "string", "format": "date-time"}, 21, 32),
        ({"x-kubernetes-int-or-string": True}, 1, cost.REQUEST - 2),
        ({"type": "array", "items": {"type": "boolean"}}, 2, (cost.REQUEST - 2) // 5),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, 2, (cost.REQUEST - 2) // 7),
        ({"type": "object", "properties": {"ab": {"type": "string"}}, "required": ["ab"]}, 10, 0),
        ({"type": "object", "properties": {"ab": {"type": "string", "default": "x"}}, "required": ["ab"]}, 2, 0),
    ],
)
def test_sizes_of_schemas(schema: dict[str, Any], least: int, items: int) -> None:
    found = cost.sized(schema)
    assert found is not None
    assert (found.least, found.most) == (least, items)


def test_schemas_that_rules_do_not_see() -> None:
    assert cost.sized({"type": "array"}) is None
    assert cost.sized({"x-kubernetes-preserve-unknown-fields": True}) is None
    assert cost.sized(None) is None


NAMES = st.sampled_from(
    ["self.s", "self.ls", "self.lo", "self.m5", "self.i", "self.b", "self.ios", "self.o", "'a'", "3", "[1, 2]"]
)
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("{}.all(x, {} == x)".format, inner, inner),
        st.builds("{}.map(x, x + {})".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("{} == {}".format, inner, inner),
        st.builds("(true ? {} : {})".format, inner, inner),
        st.builds("{}[0]".format, inner),
        st.builds("{}.filter(y, y == {})".format, inner, inner),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_any_expression_has_a_cost_or_none(expression: str) -> None:
    environment = cel.of_schema(SCHEMA, 37, root=False, old=False)
    data = cost.sized(SCHEMA)
    assert environment is not None
    try:
        outcome = cel.compiled(expression, environment)
    except cel.CelError:
        return
    if outcome is not None:
        found = cel.most_cost(outcome, data)
        assert found is None or 0 <= found < 1 << 64
