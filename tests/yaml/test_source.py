"""Reading YAML as the API server does, and the place of every value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.yaml import source


def value_of(text: str) -> object:
    read = source.read("x.yaml", text)
    assert not read.problems, read.problems
    return read.documents[0].value


def test_scalars_as_the_server_reads_them(shared: Path) -> None:
    """The recorded table of scalars: `word   {"a":json} <nil>`."""
    import json

    table = (shared / "knowledge" / "yaml_scalars_as_kubernetes_reads_them.txt").read_text(encoding="utf-8")
    rows = 0
    for line in table.splitlines():
        match = re.fullmatch(r'(.{24}) (\{"a":.*\}) <nil>', line)
        if match:
            rows += 1
            assert value_of(f"a: {match.group(1).strip()}\n") == json.loads(match.group(2)), line
    assert rows > 40


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("y", True),
        ("n", False),
        ("On", True),
        ("~", None),
        ("0644", 420),
        ("0o17", 15),
        ("1_000", 1000),
        ("08", 8),
        ("1e3", 1000),
        ("1.50", 1.5),
        ("1:30", "1:30"),
        ("2024-01-01", "2024-01-01"),
        ("0x1F", 31),
        ("1e400", "1e400"),
        (".5", 0.5),
        ("+1", 1),
        ("'yes'", "yes"),
        ("!!str 1", "1"),
        ("!!int '3'", 3),
        ("! 3", "3"),
        ("!secret x", "x"),
        ("18446744073709551615", 2**64 - 1),
    ],
)
def test_scalars(word: str, value: object) -> None:
    found = value_of(f"a: {word}\n")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)  # type: ignore[index]


@pytest.mark.parametrize(
    ("key", "name"), [("1", "1"), ("true", "true"), ("on", "true"), ("1.5", "1.5"), ("'x y'", "x y"), ("0x10", "16")]
)
def test_keys_become_text(key: str, name: str) -> None:
    assert value_of(f"{key}: a\n") == {name: "a"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: .inf\n", "JSON"),
        ("null: a\n", "key"),
        ("? [x]\n: y\n", "key"),
        ("a: {{ x }}\n", "key"),
        ("a: [1,2\n", ""),
        ("\ta: 1\n", "a tab stands"),
        ("a: b: c\n", "a second `: `"),
        ("a: b\n  c: d\n", "deeper than its neighbours"),
        ("a:\n   b: c\n  d: e\n", "fits no line above"),
        ('a: "x" y\n', "behind a value that has ended"),
        ("a: b\n- c\n", "stands among fields"),
        ("a:\n  - b\n  c: d\n", "among the items of a list"),
        ("a: b\nfoo\nc: d\n", "there is no `:`"),
        ("a: {b: c\n", "begins with `{b: c` is not closed"),
        ("a: {\n  - b\n}\n", "inside of brackets"),
        ("a: {b: ]}\n", "] is none"),
        ("a: - b\n", "a list cannot begin"),
        ("a: %x\n", "cannot begin with %"),
        ("a: @x\n", "cannot begin with @"),
        ("a: */5 * * * *\n", "* begins an alias"),
        ("a: &\n", "& begins an anchor"),
        ('a: "\\q"\n', "\\q means nothing"),
        ("a: b\n\tc: d\n", "a tab stands"),
        ("a: *b\n", "alias"),
        ("a: &a [*a]\n", "inside"),
        ("a: !!int x\n", "!!int"),
        ("a: 'x\n", "never closed"),
        ("a: 1\n...\nb: 2\n", "what follows `...` is never read"),
        ("{a: 1}}", ""),
    ],
)
def test_what_cannot_be_read_says_why_and_where(text: str, part: str) -> None:
    (problem,) = [p for _, p in source.read("x.yaml", text).problems]
    assert problem.rule == "yaml-syntax"
    assert part in problem.message
    assert problem.range.start.line >= 1


def test_a_mistake_leaves_the_other_documents_alone() -> None:
    read = source.read("x.yaml", "a: 1\n---\nb: [1\n---\nc: 3\n---\n# only a comment\n---\nd: 4\n")
    assert [(d.index, d.value) for d in read.documents] == [(0, {"a": 1}), (2, {"c": 3}), (3, {"d": 4})]
    assert [index for index, _ in read.problems] == [1]
    assert [d.line for d in read.documents] == [0, 3, 7]


def test_merge_keys_and_duplicates() -> None:
    read = source.read("x.yaml", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n")
    assert read.documents[0].value == {"a": {"b": 1}, "c": {"b": 1, "d": 2}}
    assert not read.problems
    read = source.read("x.yaml", "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n")
    assert read.documents[0].value["c"] == {"b": 2}
    assert not read.problems
    for text, merged in (
        ("a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n", {"b": 1}),
        ("a: &x {b: 1}\nd: &y {b: 2, e: 3}\nc:\n  <<: [*x, *y]\n", {"b": 1, "e": 3}),
    ):
        assert source.read("x.yaml", text).documents[0].value["c"] == merged
    read = source.read("x.yaml", "a:\n  k: 1\n  m: 2\n  k: 3\n")
    ((_, problem),) = read.problems
    assert (problem.path, problem.range.start.line, problem.first and problem.first.start.line) == ("a.k", 4, 2)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa: 1", "a: 1"),
        ("a: ü".encode("utf-16"), "a: ü"),
        ("a: ü".encode("utf-32"), "a: ü"),
        ("a: ü".encode(), "a: ü"),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert source.decode(data) == text


PLACES = """\
# a comment
apiVersion: v1
data: {one: 1, "two": [x,   y]}
text: |
  two
  lines
ümlaut: "ä: ö" # 日本
list:
- name: a
-   name: b
    "q k":\t'z'
anchor: &x {deep: 1}
alias: *x
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "key", "start", "end"),
    [
        (("apiVersion",), False, (2, 13), (2, 15)),
        (("apiVersion",), True, (2, 1), (2, 11)),
        (("data", "one"), False, (3, 13), (3, 14)),
        (("data", "two", 1), False, (3, 29), (3, 30)),
        (("data", "two"), True, (3, 16), (3, 21)),
        (("text",), False, (4, 7), (4, 8)),
        (("ümlaut",), False, (7, 9), (7, 15)),
        (("list", 1, "name"), False, (10, 11), (10, 12)),
        (("list", 1, "q k"), True, (11, 5), (11, 10)),
        (("list", 1, "q k"), False, (11, 12), (11, 15)),
        (("alias",), False, (13, 8), (13, 10)),
        (("alias", "deep"), False, (12, 19), (12, 20)),
    ],
)
def test_places(
    newline: str, path: tuple[str | int, ...], key: bool, start: tuple[int, int], end: tuple[int, int]
) -> None:
    (document,) = source.read("x.yaml", PLACES.replace("\n", newline)).documents
    place, exact = document.find(path)
    assert exact
    found = document.key_range(place) if key else document.value_range(place)
    assert ((found.start.line, found.start.column), (found.end.line, found.end.column)) == (start, end)


def test_the_place_of_what_is_missing_is_its_nearest_parent() -> None:
    (document,) = source.read("x.yaml", PLACES).documents
    place, exact = document.find(("data", "three", "x"))
    assert not exact
    assert document.key_range(place).start.line == 3


def test_words_with_a_colon_inside_of_braces_are_one_word() -> None:
    read = source.read("x.yaml", "a: {b:c, d: e:f, g:h:i: 1}\n")
    assert read.documents[0].value == {"a": {"b:c": None, "d": "e:f", "g:h:i": 1}}
    document = read.documents[0]
    place, _ = document.find(("a", "d"))
    assert document.value_range(place).start.column == 13


def test_deep_nesting_and_alias_bombs_are_bounded() -> None:
    deep = "a: " + "[" * 10_000 + "]" * 10_000
    assert "nested" in source.read("x", deep).problems[0][1].message
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(12)
    )
    assert "aliases" in source.read("x", bomb).problems[0][1].message


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    read = source.read("x", text)
    for document in read.documents:
        document.places  # noqa: B018
    for _, problem in read.problems:
        assert problem.range.start.line >= 1
        assert problem.range.start.column >= 1


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(JSONISH)
def test_json_is_read_as_json(value: object) -> None:
    """What JSON can say arrives unchanged (control characters and lone surrogates are no YAML)."""
    import json

    text = json.dumps({"v": value})
    read = source.read("x.json", text)
    if read.problems:
        assert re.search(r"\\u(00[0-9a-f]{2}|d[89a-f]|fff|fe)", text), read.problems
    else:
        assert read.documents[0].value == {"v": value}


OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (OBJECT + "---# the second\n" + OBJECT, [0, 3]),
        (OBJECT + "---\n\ufeff" + OBJECT, [0, 3]),
        ('{"kind": "A"}\n{"kind": "B"} {"kind": "C"}\n', [0, 1, 1]),
        ('{\n"kind": "A"\n}\n\n{\n"kind": "B"\n}', [0, 4]),
        (OBJECT + "...\n---\n" + OBJECT, [0, 4]),
        ("---\n# nothing\n---\n" + OBJECT, [2]),
        (OBJECT.replace("\n", "\r\n") + "---  # x\r\n" + OBJECT, [0, 3]),
    ],
)
def test_streams_are_split_as_kubectl_splits_them(text: str, lines: list[int]) -> None:
    read = source.read("x.yaml", text)
    assert not read.problems
    assert [document.line for document in read.documents] == lines
    for document in read.documents:
        assert "kind" in document.value
        place, exact = document.find(("kind",))
        shown = text.splitlines()[document.key_range(place).start.line - 1]
        assert exact
        assert "kind" in shown[document.key_range(place).start.column - 1 :][:6]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (OBJECT + "---apiVersion: v1\nkind: Secret\n", 4, "line of its own"),
        ("--- {apiVersion: v1, kind: ConfigMap}\n", 1, "line of its own"),
        (OBJECT + "----\n" + OBJECT, 4, "line of its own"),
        ("%YAML 1.1\n---\n" + OBJECT, 1, "directive"),
        ('{"kind": "A",}\n', 1, "no JSON"),
        ('{\n// a\n"kind": "A"}\n', 3, "not closed"),
        ('{"kind": "A"}\n---\n' + OBJECT, 2, "YAML follows JSON"),
        ('{"kind": "A"}\n{"kind": "B"}\n{"kind": }\n', 3, "no JSON"),
    ],
)
def test_what_kubectl_does_not_split_is_said_once(text: str, line: int, part: str) -> None:
    ((_, problem),) = source.read("x.yaml", text).problems
    assert problem.rule == "yaml-syntax"
    assert part in problem.message
    assert problem.range.start.line == line


@pytest.mark.parametrize(("behind", "refused"), [("-", True), ("apiVersion: v1", True), (" {}", False)])
def test_what_the_server_refuses_too_is_told_apart(behind: str, refused: bool) -> None:
    ((_, problem),) = source.read("x.yaml", f"---{behind}\n").problems
    assert problem.refused is refused


@given(st.text(alphabet='{}",:ab-#\n\r %\ufeff', max_size=60))
def test_no_stream_is_too_strange(text: str) -> None:
    read = source.read("x.yaml", text)
    assert all(0 <= document.line <= text.count("\n") + text.count("\r") for document in read.documents)


def test_a_glued_colon_changes_no_other_text() -> None:
    """Words with a colon in braces are one word each; texts in quotes and blocks keep theirs."""
    text = 'a: {x:y, u:v}\nb: "http://e:1"\nc: |\n  k:v\n"q:r": 1\nd: http://z:2\n'
    (document,) = source.read("a.yaml", text).documents
    assert document.value == {
        "a": {"x:y": None, "u:v": None},
        "b": "http://e:1",
        "c": "k:v\n",
        "q:r": 1,
        "d": "http://z:2",
    }


@pytest.mark.parametrize(
    ("text", "values", "line"),
    [
        ("a: 1\n...\n", [{"a": 1}], None),
        ("a: 1\n...\nb: 2\n", [{"a": 1}], 3),
        ("a: 1\n...\n---\nb: 2\n", [{"a": 1}, {"b": 2}], None),
        ("a: 1\n... # c\n---\nb: 2\n", [{"a": 1}, {"b": 2}], None),
        ("a: 1\n...\n# c\n\n: [\n---\nb: 2\n", [{"a": 1}, {"b": 2}], 5),
        ("a: 1\n...\n...\n---\nb: 2\n", [{"a": 1}, {"b": 2}], None),
        ("a: 1\n...\n%YAML 1.1\n---\nb: 2\n", [{"a": 1}, {"b": 2}], None),
        ("a: |\n  x\n...\n---\nb: 1\n", [{"a": "x\n"}, {"b": 1}], None),
        ("a: 1\n ...\n", [{"a": "1 ..."}], None),
        ("a: 1\r\n...\r\nc\r\n---\r\nb: 2\r\n", [{"a": 1}, {"b": 2}], 3),
        ("a: 1\n...\n\tb\n", [{"a": 1}], 3),
        ("a: 1\n...\na: 1\na: 2\n", [{"a": 1}], 3),
        ("a: 1\n... b: 2\n", [{"a": 1}], 2),
        ('a: 1\n...\n"open\n', [{"a": 1}], 3),
    ],
)
def test_what_stands_behind_the_end_of_a_document_is_dropped(text: str, values: list[Any], line: int | None) -> None:
    """As kubectl's reader of k8s.io/apimachinery 0.37.2 takes each of these texts."""
    found = source.read("x.yaml", text)
    assert [document.value for document in found.documents] == values
    assert [(p.range.start.line, p.refused) for _, p in found.problems] == ([] if line is None else [(line, False)])


@pytest.mark.parametrize(
    "text",
    [
        "...\na: 1\n",
        "# c\n...\n---\na: 1\n",
        "a: 1\n...x\n",
        "a: 1\n...\n\x01\n",
        "a: 'x\n...\n'\n",
        "a: [1,\n...\n2]\n",
    ],
)
def test_an_end_that_ends_nothing_is_refused(text: str) -> None:
    assert [p.refused for _, p in source.read("x.yaml", text).problems] == [True]
