"""CEL: what the API server of Kubernetes 1.37 compiled and what it refused, measured; and laws for any text."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import cel
from kubetrial.lint.values.cel import library as cel_library
from kubetrial.lint.values.cel import parser as cel_parser

POLICY = cel.requests(37, params=True, variables={"replicas": cel_library.INT, "x": cel.DYN})
MUTATION = cel.requests(37, variables={}, patches=True)

ACCEPTED = {
    "object.spec.replicas <= 5": "bool",
    "object.metadata.?labels.?app.orValue('') == 'x'": "bool",
    "object.spec.containers.filter(c, has(c.x)).map(c, c.name)": "list(dyn)",
    "authorizer.requestResource.check('x').allowed()": "bool",
    "request.userInfo.groups.exists(g, g == 'x')": "bool",
    "'%d and %s'.format([1, object.x])": "string",
    "'%s'.format([[1, 'a']])": "string",
    "timestamp('2020-01-01T00:00:00Z') - timestamp('2019-01-01T00:00:00Z')": "duration",
    "quantity('1Gi').isLessThan(quantity('2Gi'))": "bool",
    "sign(quantity('1'))": "int",
    "1 < 1.5": "bool",
    "dyn(1) == 'a'": "bool",
    "[].all(x, x)": "bool",
    "[[], ['a']]": "list(list(string))",
    "{'a': 1}.transformMap(k, v, v + 1)": "map(string, int)",
    "{'a': 1}.exists(k, v, v == 1)": "bool",
    "[1, 2].sortBy(x, -x)": "list(int)",
    "optional.of(1).optMap(x, x + 1).orValue(2)": "int",
    "object.`a-b` == 1": "bool",
    "object[?'a'].hasValue()": "bool",
    "format.dns1123Label().validate('x')": "optional_type(list(string))",
    "ip('1.2.3.4').family() == 4": "bool",
    "cidr('10.0.0.0/8').containsIP('10.0.0.1')": "bool",
    "semver('1.2', true).major()": "int",
    "object.as": "dyn",
    "variables.x + 'a'": "string",
    "[null, null]": "list(null_type)",
    "'''a'b'''": "string",
    "b'\\x00'": "bytes",
    "-9223372036854775808": "int",
    "[,]": "list(dyn)",
    "true ? object.x : 1": "dyn",
}

REFUSED = (
    "", " ", "1 +", "foo(", "a = b", "object.a & object.b", "not object.a", "a ? b ? c : d : e", "object.in", "as", "1 2", "[,1]",
    "undefined.x", "foo()", "params2.x", "variables.nope", "request.userInfo.nope", "request.object", "namespaceObject.metadata.uid",
    "'a' + 1", "1 == 1.0", "1 == 'a'", "null == 'x'", "!1", "-'a'", "1 > 2 > 3", "object.x ? 1 : 'a'", "'a' in 'b'", "size(1)",
    "[1, 'a']", "[object.a, 'x']", "{'a': 1, 'b': 'x'}", "[1, 1.0]", "{'a': null, 'b': object.x}",
    "has(object)", "has(object['a'])", "object.l.map(1, x)", "object.l.all(x, 1)", "object.l.existsOne(x, x > 1)", "'abc'.all(x, x)",
    "[1].includes(1)", "'a'.reverse()", "math.greatest(1, 2)", "cel.bind(x, 1, x)", "quantity('1').sign()", "Object{a: 1}",
    "duration('1d')", "duration('')", "timestamp('x')", "timestamp('0000-01-01T00:00:00Z')", "int('x')", "int(1e30)", "uint(-1)",
    "double('1e400')", "bool('yes')", "'abc'.matches('[')", "'abc'.matches('(?=x)')", "matches('[', 'abc')", "'abc'.find('a**')",
    "'%d'.format(['x'])", "'%d'.format([1, 2])", "'%z'.format([1])", "'%.f'.format([1.5])", "'%s %s'.format(['a'])",
    "9223372036854775808", "1e400", "'\\8'", "'\\ud800'", "b'\\u0041'", "'a\nb'", "$x",
)  # fmt: skip


@pytest.mark.parametrize(("expression", "kind"), ACCEPTED.items())
def test_what_compiles_has_its_type(expression: str, kind: str) -> None:
    outcome = cel.compiled(expression, POLICY)
    assert outcome is not None
    assert str(outcome.type) == kind


@pytest.mark.parametrize("expression", REFUSED)
def test_what_does_not_compile_is_refused_at_a_place_in_it(expression: str) -> None:
    with pytest.raises(cel.CelError) as caught:
        cel.compiled(expression, POLICY)
    assert 0 <= caught.value.at <= len(expression)
    assert "\n" not in cel.text_problem(expression, caught.value)


@pytest.mark.parametrize(
    ("expression", "wanted", "good"),
    [
        ("Object{metadata: Object.metadata{labels: {'a': 'b'}}}", cel.WANTED_OBJECT, True),
        ("{'metadata': {}}", cel.WANTED_OBJECT, False),
        ("[JSONPatch{op: 'add', path: '/x', value: 1}]", cel.WANTED_PATCH, True),
        ("object.x ? [JSONPatch{op: 'remove', path: '/x'}] : []", cel.WANTED_PATCH, True),
        ("[JSONPatch{op: 1}]", cel.WANTED_PATCH, False),
        ("[JSONPatch{nope: 'x'}]", cel.WANTED_PATCH, False),
        ("[JSONPatch{path: jsonpatch.escapeKey('a/b')}]", cel.WANTED_PATCH, True),
        ("Object", (), False),
    ],
)
def test_mutations_make_objects_and_patches(expression: str, wanted: tuple[cel.CelType, ...], good: bool) -> None:
    if good:
        assert cel.compiled(expression, MUTATION, wanted) is not None
    else:
        with pytest.raises(cel.CelError):
            cel.compiled(expression, MUTATION, wanted)


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("device.driver == 'x'", True),
        ("device.attributes['x'].foo", True),
        ("device.attributes['x'].foo.exists(a, a == 1)", False),
        ("cel.bind(d, device.attributes['x'], d.a && d.b)", True),
        ("device.capacity['x'].mem.compareTo(quantity('1Gi')) >= 0", True),
        ("device.capacity['x'].mem > 1", False),
        ("device.driver", False),
        ("request.name == 'x'", False),
    ],
)
def test_selectors_of_devices(expression: str, good: bool) -> None:
    if good:
        assert cel.compiled(expression, cel.device(37), cel.WANTED_DEVICE) is not None
    else:
        with pytest.raises(cel.CelError):
            cel.compiled(expression, cel.device(37), cel.WANTED_DEVICE)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "d": {"type": "string", "format": "duration"},
        "l": {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}}}},
        "m": {"type": "object", "additionalProperties": {"type": "string"}},
        "p": {"x-kubernetes-int-or-string": True},
        "u": {"x-kubernetes-preserve-unknown-fields": True},
        "a-b": {"type": "boolean"},
        "namespace": {"type": "string"},
    },
}


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        ("self.n == oldSelf.n", True),
        ("self.l.all(x, x.k != 'a') && self.m['x'] == 'y'", True),
        ("self.p == 1 || self.p == 'a'", True),
        ("self.a__dash__b && self.namespace == 'x' && self.__namespace__ == 'x'", True),
        ("self.metadata.name.size() < 9 && self.kind == 'x'", True),
        ("self.d < duration('1h')", True),
        ("self.n == 'a'", False),
        ("self.u == 1", False),
        ("self.l[0].z == 'a'", False),
        ("self.metadata.labels.size() > 1", False),
        ("self.`a-b`", False),
    ],
)
def test_rules_see_what_the_schema_declares(rule: str, good: bool) -> None:
    environment = cel.of_schema(SCHEMA, 37, root=True, old=False)
    assert environment is not None
    if good:
        assert cel.compiled(rule, environment, cel.WANTED_CONDITION) is not None
    else:
        with pytest.raises(cel.CelError):
            cel.compiled(rule, environment, cel.WANTED_CONDITION)


def test_libraries_come_with_their_versions() -> None:
    assert cel.compiled("ip('1.2.3.4').isLoopback()", cel.requests(31)) is not None
    with pytest.raises(cel.CelError):
        cel.compiled("ip('1.2.3.4').isLoopback()", cel.requests(30))


@given(st.text(max_size=60) | st.text("object.spec[]{}()'\"\\+-*?:&|!<>=, 1xein`r\n", max_size=60))
def test_no_text_raises_anything_but_its_error(text: str) -> None:
    for environment in (POLICY, MUTATION, cel.device(37)):
        at = 0
        try:
            cel.compiled(text, environment, cel.WANTED_CONDITION)
        except cel.CelError as error:
            at = error.at
        assert 0 <= at <= len(text)


@given(st.recursive(st.sampled_from(["1", "'a'", "object.x", "true", "[]", "{}", "x"]), lambda inner: st.one_of(
    st.tuples(inner, st.sampled_from([" + ", " == ", " && ", " in ", " ? 1 : "]), inner).map("".join),
    inner.map(lambda e: f"({e})"), inner.map(lambda e: f"[{e}]"), inner.map(lambda e: f"{e}.all(x, {e})"), inner.map(lambda e: f"!({e})"),
), max_leaves=20))  # fmt: skip
def test_brackets_around_an_expression_change_nothing(expression: str) -> None:
    def outcome(text: str) -> str:
        try:
            found = cel.compiled(text, POLICY)
        except cel.CelError:
            return "refused"
        return "deep" if found is None else str(found.type)

    plain, wrapped = outcome(expression), outcome(f"({expression})")
    assert plain == wrapped or "deep" in (plain, wrapped)


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "!" * 5000 + "x", "-" * 5000 + "x", "a" + ".b" * 5000, "1" + "+1" * 5000, "[" * 5000 + "]" * 5000],
)
def test_depth_is_no_danger(text: str) -> None:
    with contextlib.suppress(cel.CelError):
        cel.compiled(text, POLICY)


def test_a_text_is_read_as_it_is_written() -> None:
    literal = cel_parser.parse("'a\\n\\x41\\u00e9\\101' ")
    assert isinstance(literal, cel_parser.Literal)
    assert literal.value == "a\nA\u00e9A"


@given(st.text(max_size=30))
def test_a_quoted_text_has_its_own_value(text: str) -> None:
    literal = cel_parser.parse("r'''" + text.replace("'", "").replace("\r", "") + "'''")
    assert isinstance(literal, cel_parser.Literal)
    assert literal.value == text.replace("'", "").replace("\r", "")


def test_names_of_variables() -> None:
    assert [
        name for name in ("a", "_x1", "1a", "a-b", "for", "namespace", "", "é", "true") if cel.is_identifier(name)
    ] == ["a", "_x1"]


def test_properties_are_escaped_as_the_server_does() -> None:
    names = ["a", "a-b", "a.b", "a/b", "a__b", "in", "1a", "a b", ""]
    assert [cel.escaped(name) for name in names] == [
        "a", "a__dash__b", "a__dot__b", "a__slash__b", "a__underscores__b", "__in__", None, None, None,
    ]  # fmt: skip


def test_the_library_is_data_that_can_be_read() -> None:
    functions = cel_library.functions(38, patches=True)
    every = {name: functions.get(name) for name in functions.names()}
    assert all(every.values())
    assert json.dumps(sorted(every)) == json.dumps(sorted(set(every)))


@pytest.mark.parametrize("text", ["!-x", "!--5", "!-", "1 + !-'a'", "!-5u", "-", "- - -"])
def test_a_minus_that_belongs_to_nothing_is_a_mistake_of_the_text(text: str) -> None:
    with pytest.raises(cel.CelError):
        cel.compiled(text, cel.requests(37))
