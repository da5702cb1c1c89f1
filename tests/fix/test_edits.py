"""Edits change what they say and nothing else, in every style in which YAML can be written."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from kubetrial.lint.finding import Position
from kubetrial.lint.objects.views import Object
from kubetrial.lint.yaml import edits, source
from kubetrial.lint.yaml.node import Node


def apply_edits(text: str, made: edits.Edits) -> str:
    """The text with these edits in it, the last one first."""
    rows = text.splitlines(keepends=True)

    def at(place: Position) -> int:
        return sum(map(len, rows[: place.line - 1])) + place.column - 1

    for one in sorted(made, key=lambda edit: edit.range.start, reverse=True):
        text = text[: at(one.range.start)] + one.text + text[at(one.range.end) :]
    return text


def root(text: str) -> Object:
    (document,) = source.read("x.yaml", text).documents
    return Object(document, None, (), document.value)  # type: ignore[arg-type]


def edited(text: str, edit: Callable[[Node], edits.Edits | None]) -> str | None:
    found = edit(root(text))
    return None if found is None else apply_edits(text, found)


CASES = [
    # replace_value
    ("a: b # c\n", lambda n: edits.replace_value(n["a"], "x"), "a: x # c\n"),
    ("a: 'b'\r\nc: 1\r\n", lambda n: edits.replace_value(n["a"], "it's"), "a: 'it''s'\r\nc: 1\r\n"),
    ('{"a": "b", "c": 1}', lambda n: edits.replace_value(n["c"], "yes"), '{"a": "b", "c": "yes"}'),
    ("a: b\n", lambda n: edits.replace_value(n["a"], "yes"), 'a: "yes"\n'),
    ("a: b\n", lambda n: edits.replace_value(n["a"], "x: y"), 'a: "x: y"\n'),
    ("a: b\n", lambda n: edits.replace_value(n["a"], "r.io/x:1@sha256:0a"), "a: r.io/x:1@sha256:0a\n"),
    ("{a: b}\n", lambda n: edits.replace_value(n["a"], "r.io/x:1"), '{a: "r.io/x:1"}\n'),
    ("a: &x b\nc: *x\n", lambda n: edits.replace_value(n["a"], "z"), None),
    ("a: &x {b: c}\nc: *x\n", lambda n: edits.replace_value(n["c"]["b"], "z"), None),
    ("a: &x {b: c}\nc:\n  <<: *x\n", lambda n: edits.replace_value(n["c"]["b"], "z"), None),
    ("a: !!str 5\n", lambda n: edits.replace_value(n["a"], "z"), None),
    ("a: |\n  b\n", lambda n: edits.replace_value(n["a"], "z"), None),
    ("a: b\n", lambda n: edits.replace_value(n["c"], "z"), None),
    ("a: b\x85c: d\n", lambda n: edits.replace_value(n["a"], "z"), None),
    # quotes on and off
    ("a: yes   # b\n", lambda n: edits.quote_value(n["a"]), 'a: "yes"   # b\n'),
    ("[0644, 2]", lambda n: edits.quote_value(n[0]), '["0644", 2]'),
    ("a: '5'\n", lambda n: edits.replace_plain(n["a"], 5), "a: 5\n"),
    # rename_key
    ("a:\n  b: 1\n", lambda n: edits.rename_key(n["a"], "c"), "c:\n  b: 1\n"),
    ('{"a": 1}', lambda n: edits.rename_key(n["a"], "c"), '{"c": 1}'),
    ("a: 1\n", lambda n: edits.rename_key(n["a"], "y"), '"y": 1\n'),
    # remove_field
    ("a: 1\nb:\n  c: 2\n\n# d\nd: 3\n", lambda n: edits.remove_field(n["b"]), "a: 1\n\n# d\nd: 3\n"),
    ("a: 1\nb: 2", lambda n: edits.remove_field(n["b"]), "a: 1"),
    ("a: 1\r\nb: 2", lambda n: edits.remove_field(n["b"]), "a: 1"),
    ("- a: 1\n  b: 2\n- c: 3\n", lambda n: edits.remove_field(n[0]["a"]), "- b: 2\n- c: 3\n"),
    ("- a: 1\n  b: 2\n- c: 3\n", lambda n: edits.remove_field(n[0]["b"]), "- a: 1\n- c: 3\n"),
    ("a: |\n  x\n  # y\nb: 2\n", lambda n: edits.remove_field(n["b"]), "a: |\n  x\n  # y\n"),
    ("a: |\n  x\n  y\nb: 2\n", lambda n: edits.remove_field(n["a"]), "b: 2\n"),
    ("a:\nb: 2\n", lambda n: edits.remove_field(n["a"]), "b: 2\n"),
    ("{a: 1, b: 2, c: 3}", lambda n: edits.remove_field(n["b"]), "{a: 1, c: 3}"),
    ("{a: 1, b: 2, c: 3}", lambda n: edits.remove_field(n["a"]), "{b: 2, c: 3}"),
    ("{a: 1, b: [x, {y: z}]}", lambda n: edits.remove_field(n["b"]), "{a: 1}"),
    ('{\n  "a": 1,\n  "b": 2\n}\n', lambda n: edits.remove_field(n["b"]), '{\n  "a": 1\n}\n'),
    ("a: 1\n", lambda n: edits.remove_field(n["a"]), None),
    ("a: 1 # why\nb: 2\n", lambda n: edits.remove_field(n["a"]), None),
    ("a: &x 1\nb: *x\n", lambda n: edits.remove_field(n["a"]), None),
    ("a:\n  c: &x 1\nb: *x\n", lambda n: edits.remove_field(n["a"]), None),
    # insert_after
    ("a:\n  - b: 1 # c\n    d: 2\n", lambda n: edits.insert_after(n["a"][0]["b"], "e", "f"), "a:\n  - b: 1 # c\n    e: f\n    d: 2\n"),
    ("a:\n  b: 1\n\n# c\nd: 2\n", lambda n: edits.insert_after(n["a"], "e", True), "a:\n  b: 1\ne: true\n\n# c\nd: 2\n"),
    ("a: 1", lambda n: edits.insert_after(n["a"], "b", "no"), 'a: 1\nb: "no"'),
    ("{a: 1}", lambda n: edits.insert_after(n["a"], "b", 2), "{a: 1, b: 2}"),
    ('{"a": 1}', lambda n: edits.insert_after(n["a"], "b", "c"), '{"a": 1, "b": "c"}'),
    ("a: |\n  x\n  # y\n\nb: 1\n", lambda n: edits.insert_after(n["a"], "c", 1), "a: |\n  x\n  # y\nc: 1\n\nb: 1\n"),
    ("a: |+\n  x\n\nb: 1\n", lambda n: edits.insert_after(n["a"], "c", 1), None),
    ("a:\n  <<: {x: 1}  # m\nb: 2\n", lambda n: edits.insert_after(n["a"], "c", 1), "a:\n  <<: {x: 1}  # m\nc: 1\nb: 2\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "edit", "after"), CASES)
def test_an_edit_gives_exactly_this_text(before: str, edit: Any, after: str | None) -> None:
    assert edited(before, edit) == after


WORDS = st.sampled_from(["a", "b", "name", "y", "no", "x-y", "8", "image"])
TEXTS = st.sampled_from(
    [
        "v",
        "yes",
        "0644",
        "1.10",
        "~",
        "a b",
        "a: b",
        "# c",
        "it's",
        '"',
        "\\",
        "é",
        "",
        "-",
        "1e3",
        "x\ty",
        "r.io/a:1",
        "a:",
    ]
)
SCALARS = st.one_of(TEXTS, st.integers(-5, 99999), st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.dictionaries(WORDS, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


def block(value: Any, indent: int, draw: Any, in_flow: bool = False) -> str:
    """The value in a style that is drawn: block or flow, plain or quoted, with and without comments."""
    if isinstance(value, (dict, list)) and value and not in_flow and draw(st.booleans()):
        pad = " " * indent
        rows = []
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            head = edits.written(key, draw(st.sampled_from(["", '"', "'"]))) + ":" if isinstance(value, dict) else "-"
            comment = draw(st.sampled_from(["", "  # remark", "\n" + pad + "# alone"]))
            text = block(inner, indent + 2, draw)
            if text.startswith("\n"):
                # A comment may stand behind the key of a block, and in front of it.
                rows.append(f"{pad}{head}{comment if comment.startswith(' ') else ''}{text}")
            else:
                rows.append(f"{pad}{head} {text}{comment}")
        return "\n" + "\n".join(rows)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{edits.written(k, '')}: {block(v, 0, draw, True)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(block(v, 0, draw, True) for v in value) + "]"
    if value is None:
        return "null"
    return edits.written(value, draw(st.sampled_from(["", '"', "'"])) if isinstance(value, str) else "")


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(p for key, v in inner for p in paths(v, (*at, key)))]


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4), st.data())
def test_an_edit_changes_its_value_and_no_other(value: dict[str, Any], data: Any) -> None:
    text = block(value, 0, data.draw).lstrip("\n") + "\n"
    if data.draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    assert root(text).value == value
    path = data.draw(st.sampled_from(paths(value)[1:]))
    kind = data.draw(st.sampled_from(["replace", "rename", "remove", "insert"]))
    node = root(text).at(*path)
    new = data.draw(st.one_of(TEXTS, st.integers(-9, 999), st.booleans()))
    wanted = copy.deepcopy(value)
    holder: Any = wanted
    for key in path[:-1]:
        holder = holder[key]
    if kind == "replace":
        found = edits.replace_value(node, new)
        holder[path[-1]] = new
    elif kind == "rename":
        found = edits.rename_key(node, "fresh")
        if isinstance(holder, dict):
            holder["fresh"] = holder.pop(path[-1])
    elif kind == "remove":
        found = edits.remove_field(node)
        del holder[path[-1]]
    else:
        found = edits.insert_after(node, "fresh", new)
        if isinstance(holder, dict):
            holder["fresh"] = new
    event(f"{kind}: {'made' if found else 'none'}")
    if found is None:
        return
    after = apply_edits(text, found)
    assert root(after).value == wanted, after
    assert after.count("# remark") == text.count("# remark")
    assert after.count("# alone") == text.count("# alone")
    assert after.count("\r") in (0, after.count("\n"))
