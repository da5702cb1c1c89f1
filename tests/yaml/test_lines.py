"""The place of a value that is looked for in the lines of a document is the one that the events of libyaml give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.yaml import document, source
from kubetrial.lint.yaml.document import Document

from tests.conftest import ROOT

Path = tuple[str | int, ...]


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of a value and of all in it, and of a field that is missing in each mapping."""
    yield path
    if isinstance(value, dict):
        yield (*path, "missing", "too")
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        yield (*path, len(value))
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


def _range(one: Document, path: Path, of_key: bool) -> Any:
    place, exact = one.find(path)
    return one.value_range(place) if exact and not of_key else one.key_range(place)


def told(text: str) -> list[bool]:
    """Of each place of the documents of a text, whether its lines tell it; then it has to be that of the events."""
    answers = []
    for one in source.read("m.yaml", text).documents:
        if not one._looks:
            continue
        again = Document(one.file, one.index, one.line, one.text, one.value)
        for path in paths(one.value):
            for of_key in (False, True):
                fresh = Document(one.file, one.index, one.line, one.text, one.value)
                fresh.read_by_lines()
                found = fresh.range_in_lines(path, of_key)
                assert found in (None, _range(one, path, of_key)), (text, path, of_key)
                again.read_by_lines()
                assert again.range_in_lines(path, of_key) == found, "what was found before changes nothing"
                answers.append(found is not None)
    return answers


_SCALARS = st.sampled_from(
    ("x", "1", "x y  # z", "'it''s' # c", '"a # \\" b"', "", " # c", "[a, b]", "{a: b} # c", "[ {a: 'b, ]', \"c\": [1, {d: e} ] }, x]", "{a: {b: [1, true], c: \"}\\\"{\"}, d: [], e: {}, f: null} # c", "|\n@  - a: b\n@  c: d", ">-\n\n@ x: y\n\n@ - z", "a#b", "-1", "http://a:80/b", "{a: b:c, d: [http://e:80/f, 12:30], g: h}")
)  # fmt: skip
_COMMENTS = st.sampled_from(("", "", "", "", "\n# a: b", "\n   # - c: d", "\n"))


def _mapping(indent: str, inner: Any) -> str:
    if not isinstance(inner, list):
        return f" {inner}".replace("@", indent).rstrip(" ")
    rows = []
    for name, value, comment, hyphens in inner:
        if hyphens == 0:
            rows.append(f"{comment}\n{indent}{name}:{_mapping(indent + '  ', value)}")
        else:
            at = indent + "  " * (hyphens - 1)
            items = [f"\n{at}- {name}: 1{_rows(at + '  ', value)}", f"\n{at}-   d: x", f"\n{at}- y"]
            rows.append(f"{comment}\n{indent}{name}:{''.join(items)}")
    return "".join(rows)


def _rows(indent: str, value: Any) -> str:
    return _mapping(indent, value) if isinstance(value, list) else ""


_MAPPINGS: st.SearchStrategy[Any] = st.deferred(
    lambda: st.lists(
        st.tuples(st.sampled_from(("a", "b", "c-d/e", '"f"')), st.one_of(_SCALARS, _MAPPINGS), _COMMENTS, st.integers(0, 2)),
        min_size=1,
        max_size=3,
        unique_by=lambda row: row[0],
    )
)  # fmt: skip


@given(_MAPPINGS, st.sampled_from(("", "---", "--- # c", "# c")), st.sampled_from(("", "\n", "\n\n", "\n# c\n", "  ")))
def test_places_in_lines_are_those_of_the_events(made: Any, begin: str, end: str) -> None:
    told(begin + _mapping("", made) + end)


@pytest.mark.parametrize("share", range(4))
def test_most_places_of_fixtures_are_told_by_their_lines(share: int) -> None:
    answers = [
        answer
        for path in sorted((ROOT / "tests" / "rules").glob("*.yaml"))[share::16]
        for answer in told(path.read_text(encoding="utf-8"))
    ]
    assert sum(answers) > 0.6 * len(answers)


def test_a_document_with_many_findings_gets_its_tree() -> None:
    one = source.read("m.yaml", "".join(f"a{number}: 1\n" for number in range(document.MOST_LOOKS))).documents[0]
    for number in range(document.MOST_LOOKS):
        assert one.range_in_lines((f"a{number}",), False)
        assert one.range_in_lines(("a0",), False) or number + 1 == document.MOST_LOOKS  # which is known
    assert one.range_in_lines(("a0",), False) is None


def test_a_colon_that_is_glued_to_a_word_in_brackets_is_part_of_it_for_the_tree_too() -> None:
    one = source.read("m.yaml", "a: {b: c:d, e: [f:g, h]}\n").documents[0]
    assert one._looks
    assert one.value == {"a": {"b": "c:d", "e": ["f:g", "h"]}}
    assert all(told(one.text))
