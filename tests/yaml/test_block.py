"""The quick reading of plain block style gives what libyaml's events give, or leaves the document alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.yaml import block
from kubetrial.lint.yaml.parsed import by_events
from kubetrial.lint.yaml.scalars import COLON, NOTHING, NotReadable

_KEYS = (
    "a: ",
    "b:",
    "c.d/e: ",
    '"f": ',
    "yes: ",
    "g : ",
    "'h': ",
    "? i",
    "<<: ",
    "a:",
    "- ",
    "- - ",
    "-",
    "- a: ",
    "-  b: ",
    "",
)
_VALUES = (
    "", "x", "1", "1.50", "-1", "- x", "-x", ".inf", "0x1f", "010", "1e3", "y", "null", "~", "x: y", "x:", "x # y", "#x", "x#y", "# x", "|", "|-", "|+",
    "|2", "| # x", ">", ">-", '"x"', '"x', "'x'", "'it''s'", '"x\\n\\\\y\\""', '"\\x41"', '"x" # y', '"x"#y', '"x" y', '"x": y', "[]", "[ ]", "{}",
    "{ }", "{} # x", "[a, 1, \"b\", 'c', -d, --e]", "[a,]", "[a b]", "[a", "[a: b]", "[1.0, yes]", "{a: b}",
    "[[a], {b: c}]", "{a: {b: [c, 'd, e']}, \"f\": g}", "{a: b,}", "{a: b, a: c}", "{yes: b}", "{a:b}", "{a: }", "{a}", "[\"a, b\", \"c]\\\"\"]",
    "['it''s']", "[,]", "[a,,b]", "[a]]", "[a] x", "[a] # x", "[a]#x", "[a , b ]", "['a':b]", "[- a]", "[--]", "{a: b:c, d: http://e:80/f}", "[12:30, a:, b]", "[a::b]", "[:a]", "{1: b}", "{a: b: c}", "[a:b]", "[ 'a' ]",
    "[a #x]", "{a: [b] c}", ">+", "> # x", ">2", "&a x", "*a", "!!str 1", "@x", "`x`",
    "%x", "?x", ":x", "=", "a\tb", "\tx", "x\t", "x ", "é", "\ufeffx", "\x85", "x\u2028y", "\ue03a", "---", "... x", "http://a:80/b", "12:30", "1_000",
)  # fmt: skip
_LINES = st.builds(
    lambda indent, key, value, end: f"{' ' * indent}{key}{value}{end}",
    st.sampled_from((0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 6)),
    st.sampled_from(_KEYS),
    st.sampled_from(_VALUES),
    st.sampled_from(("", "", "", " ", " # c", "\r")),
)
_PROSE = st.sampled_from(
    (
        "",
        " ",
        "  ",
        "    ",
        "  text",
        "    text: x",
        "      deep",
        "\ttab",
        "  \ttab",
        "# c",
        "  # c",
        "---",
        "...",
        "%Y",
    )
)
_TEXTS = st.tuples(
    st.lists(st.one_of(_LINES, _LINES, _PROSE), min_size=1, max_size=8), st.sampled_from(("\n", "", "\n\n", "\n  "))
)


def _same(text: str) -> bool:
    """Whether the quick reading read a text; what it says has to be what the events say."""
    value = block.block_value(text)
    if value is block.NOT_READ:
        return False
    try:
        chunk, expected, duplicates = by_events(text)
    except NotReadable as error:
        raise AssertionError(f"{text!r} is {value!r} here, and {error.message} there") from None
    if value is NOTHING:
        assert expected in (None, NOTHING)
        return True
    assert (chunk.replace(COLON, ":"), repr(value), duplicates) == (text, repr(expected), False)
    return True


@given(_TEXTS)
def test_what_is_read_is_what_the_events_say(made: tuple[list[str], str]) -> None:
    lines, end = made
    _same("\n".join(lines) + end)
    _same("\r\n".join(line.rstrip("\r") for line in lines) + end.replace("\n", "\r\n"))


_PARTS = ("[", "]", "{", "}", ",", ", ", " ", ": ", ":", "a", "b: ", '"c": ', "yes: ", "1: ", '"d, e"', "'f]'", '"\\n"', "''", "1", "no", "-", "-x", "#", " #", "&a", "!", "|", "é", "*a")  # fmt: skip
_INNER: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(("a", "1.0", "no", '"d, e"', "'f]'", '"\\n"', "''", "-x", "a b", "")),
        st.lists(_INNER, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(st.sampled_from(("a", "b", '"c"', "'d'", "yes", "1")), _INNER), max_size=3).map(
            lambda fields: "{" + ",".join(f"{name}: {value}" for name, value in fields) + " }"
        ),
    )
)


@given(_INNER, st.lists(st.sampled_from(_PARTS), max_size=2), st.integers(0, 30))
def test_brackets_are_read_as_the_events_say(value: str, more: list[str], at: int) -> None:
    _same(f"a: {value}\nb: c\n")
    _same(f"a: {value[:at]}{''.join(more)}{value[at:]}\nb: c\n")


@given(
    st.sampled_from(("a: >", "a: >-", "- >", "a: > ", "a:\n- >-", "a: |", "a:\n  b: >-")),
    st.lists(st.sampled_from(("", "", "x", "y z", "z ", " w", "# c", "b: c", "\tt", "- x", "x:")), max_size=7),
    st.sampled_from(("  ", "  ", "    ", " ")),
    st.sampled_from(("\n", "", "\n\n", "\nb: 1\n", "\n# c\n", "\n  # c\nb: 1\n", "\n    \n")),
)
def test_folded_texts_are_read_as_the_events_say(header: str, rows: list[str], indent: str, end: str) -> None:
    _same("\n".join([header, *(f"{indent}{row}" if row else row for row in rows)]) + end)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb:\n  c: x # y\n",
        "a: {b: c:d, e: http://f:80/g}\nh: [12:30, k]\n",
        "a: 1\r\nb:\r\n  - c: |\r\n      x\r\n\r\n      y\r\n  - \"d\" # e\r\n",
        "---\nkind: List\nitems:\n- a: b\n  c:\n  - 1\n  - [x, \"y\"]\n-   d: {}\n",
        "# c\na:\n\n  - - 1\n    - 2\n  - b\n",
        "a: |\n  x\n\n    y # z\n  \n\nb: |-\n   x\n  # c\nc: |+\n  x\n\n",
        "a: |\n  x",
        "a:\n  b:\nc:\n",
        "# only a comment\n",
        "---\n",
        "- 'it''s'\n- \"x\\ny\"\n- -c\n",
        "a: >-\n  x\n  y: z\n\n  # w\nb: >\n\n  x\n  y\n\n\n  z\n\nc: >\n  x",
        "a:\n  [sh, -c, \"x, [y]\\n\"]\nb:\n  'x'\nc:\n  x\n",
        "a: {b: {c: d}, e: [f, \"g: h\",], \"i\": []} # j\n",
    ],
)  # fmt: skip
def test_ordinary_documents_are_read(text: str) -> None:
    assert _same(text)


@pytest.mark.parametrize(
    "text",
    [
        "x\n",
        "a: 1\na: 2\n",
        "a: x\n  y\n",
        "a: &x 1\n",
        "a: >\n  x\n    y\n",
        "a: >+\n  x\n",
        "a:\n  x\n  y\n",
        "a:\n[b]\n",
        "a: " + "[" * 100 + "]" * 100 + "\n",
        "a: 1\rb: 2\n",
        " a: 1\n",
        "a: [b\n",
        "- " * 2000 + "a\n",
        "---\u00a0\na: 1\n",
        "a: 1\n" + "\n" * (1 << 20),
    ],
)
def test_the_rest_is_left_alone(text: str) -> None:
    assert not _same(text)
