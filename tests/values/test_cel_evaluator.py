"""CEL gives what cel-go gives: values, and errors where it has errors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.cel import evaluator as cel

POD: dict[str, Any] = {
    "metadata": {"name": "web", "labels": {"app": "web", "tier": "front"}},
    "spec": {
        "replicas": 3,
        "containers": [
            {"name": "a", "image": "r.io/a:1", "ports": [{"containerPort": 80}]},
            {"name": "b", "image": "b", "resources": {"limits": {"memory": "1Gi"}}},
        ],
    },
}


def run(expression: str, **variables: Any) -> Any:
    return cel.program(expression, ("object", *variables))({"object": POD, **variables})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("object.spec.replicas <= 5", True),
        ("object.spec.replicas == 3.0", True),
        ("object.spec.replicas in [1, 3]", True),
        ("'app' in object.metadata.labels", True),
        ("dyn(1) == true", False),
        ("has(object.spec.paused)", False),
        ("has(object.spec.replicas) && object.spec.replicas > 2", True),
        ("!has(object.spec.paused) || object.spec.paused", True),
        ("object.spec.containers.all(c, c.image.startsWith('r.io/'))", False),
        ("object.spec.containers.exists(c, c.ports[0].containerPort == 80)", True),
        ("object.spec.containers.exists(c, c.resources.limits.memory == '1Gi')", True),  # the error of a is absorbed
        ("object.spec.containers.exists_one(c, has(c.ports))", True),
        ("object.spec.containers.map(c, c.name)", ["a", "b"]),
        ("object.spec.containers.map(c, has(c.ports), c.name)", ["a"]),
        ("object.spec.containers.filter(c, !has(c.ports)).size()", 1),
        ("object.metadata.labels.all(k, k.size() > 2)", True),
        ("object.metadata.labels.all(k, v, v.size() > 3)", False),
        ("object.spec.containers.transformMap(i, c, c.name)", {0: "a", 1: "b"}),
        ("object.?spec.?paused.orValue('no')", "no"),
        ("object.spec.containers[?7].hasValue()", False),
        ("object.metadata.?labels.optMap(l, l.app).orValue('')", "web"),
        ("[?object.?nothing]", []),
        ("1 / 0 == 1 || true", True),
        ("false && 1 / 0 == 1", False),
        ("7 % -3", 1),
        ("-7 % 3", -1),
        ("-7 / 2", -3),
        ("2.5 + 0.5", 3.0),
        ("'ab' + 'c'", "abc"),
        ("[1] + [2]", [1, 2]),
        ("string(1.0) + string(2) + string(true)", "12true"),
        ("int('12') + int(3.9)", 15),
        ("'a,b,c'.split(',')", ["a", "b", "c"]),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]),
        ("['a', 'b'].join('-')", "a-b"),
        ("'hello'.substring(1, 3)", "el"),
        ("'hello'.indexOf('l')", 2),
        ("'hello'.replace('l', 'L', 1)", "heLlo"),
        ("'ÄB'.lowerAscii()", "Äb"),
        ("'web-12'.matches('^[a-z]+-[0-9]+$')", True),
        ("'web\\n'.matches('^web$')", False),  # $ is the very end
        ("'a1b22'.findAll('[0-9]+')", ["1", "22"]),
        ("quantity('1Gi').isGreaterThan(quantity('500Mi'))", True),
        ("quantity('1').compareTo(quantity('1000m'))", 0),
        ("isQuantity('1x')", False),
        ("sets.contains([1, 2], [2])", True),
        ("[3, 1, 2].max() - [3, 1, 2].min()", 2),
        ("[1, 2, 3].sum() == 6 && [1, 2].isSorted()", True),
        ("null == dyn(0)", False),
        ("true ? 'a' : 'b'", "a"),
    ],
)
def test_values(expression: str, value: Any) -> None:
    found = run(expression)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("object.spec.paused", "no such key: paused"),
        ("has(object.status.ready)", "no such key: status"),
        ("object.spec.containers.all(c, c.ports[0].containerPort == 80)", "no such key: ports"),
        ("object.spec.containers[2]", "index 2"),
        ("object.spec.replicas.x", "a whole number has no field x"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("9223372036854775807 + 1", "64 bits"),
        ("object.spec.replicas < 'a'", "cannot be compared"),
        ("object.spec.replicas + 'a'", "reckoned"),
        ("object.spec.replicas ? 1 : 2", "no true or false"),
        ("object.spec.replicas || false", "no true or false"),
        ("object.?nothing.value()", "absent"),
        ("'a'.substring(2)", "outside"),
        ("object.metadata.name.matches('(')", "no pattern"),
        ("int('x')", "no whole number"),
    ],
)
def test_errors(expression: str, said: str) -> None:
    try:
        program = cel.program(expression, ("object",))
    except cel.Unusable:
        return  # the checker refuses what it can see without the data
    with pytest.raises(cel.EvaluationError, match=said.replace("(", r"\(")):
        program({"object": POD})


@pytest.mark.parametrize(
    "expression",
    ["1 +", "nobody", "authorizer.path('/a')", "b'a' == b'b'", "1u == 1u", "true == 1", "a" * 70 + "(" * 70],
)
def test_what_cannot_be_used_is_said_before(expression: str) -> None:
    with pytest.raises(cel.Unusable):
        cel.program(expression, ("object",))


def test_an_expensive_expression_ends() -> None:
    numbers = list(range(1000))
    with pytest.raises(cel.EvaluationError, match="steps"):
        run("object.all(a, object.all(b, object.all(c, a + b + c >= 0)))", object=numbers)


def test_nulls_are_not_there() -> None:
    assert cel.plain({"a": None, "b": [{"c": None}, None]}) == {"b": [{}, None]}


JSON = st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3), lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=2), v, max_size=3), max_leaves=8)  # fmt: skip
EXPRESSIONS = ["object == object", "object.a", "object[0]", "object.all(x, x)", "object.exists(x, x == 1)", "object < object", "object + object", "size(object)", "has(object.a.b)", "object in [object]", "object.map(x, x).size()", "-object", "!object", "object ? 1 : 2", "object.?a.orValue(1)", "string(object)", "object.contains('a')", "object.matches('a+')", "object.sum()", "object.transformMap(k, v, v)"]  # fmt: skip


@given(st.sampled_from(EXPRESSIONS), JSON)
def test_any_value_gives_a_value_or_an_error(expression: str, value: Any) -> None:
    try:
        found = run(expression, object=value)
    except cel.EvaluationError:
        return
    if expression in ("object == object", "object in [object]"):
        assert found is True
