"""Where comments are found, what they cover, and that texts which look like them are none."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kubetrial.lint.settings.ignore import Ignore, parse
from kubetrial.lint.yaml import source
from ruamel.yaml import YAML


def ignores(text: str) -> tuple[Ignore, ...]:
    text = dedent(text)
    return parse(source.read("a.yaml", text), "a.yaml")


def lines(text: str) -> list[tuple[int, int]]:
    return [(one.first, one.last) for one in ignores(text)]


def test_text_without_directive_is_not_even_split() -> None:
    assert ignores("a: 1\n# kubernetes: no\n") == ()


def test_trailing_comment_covers_its_line() -> None:
    (one,) = ignores("""\
        a: 1
        b: 2  # kubetrial: ignore[rule-a, rule-b-*] the  reason
        c: 3
        """)
    assert one.rules == ("rule-a", "rule-b-*")
    assert one.reason == "the reason"
    assert (one.first, one.last) == (2, 2)
    assert (one.place.start.line, one.place.start.column) == (2, 7)


def test_comment_alone_covers_the_field_below_with_its_block() -> None:
    text = """\
        a: 1
        spec:
          first: 1
          # kubetrial: ignore[x] reason
          second:
            deep:
              - 1
          third: 2
        """
    assert lines(text) == [(5, 7)]


def test_list_at_the_indent_of_its_key_belongs_to_it() -> None:
    text = """\
        a: 1
        # kubetrial: ignore[x] reason
        items:
        - one: 1
          two: 2
        - one: 2
        next: 3
        """
    assert lines(text) == [(3, 6)]


def test_comment_above_an_item_covers_only_that_item() -> None:
    text = """\
        items:
        # kubetrial: ignore[x] reason
        - one: 1
          two: 2
        - one: 2
        next: 3
        """
    assert lines(text) == [(3, 4)]


def test_blank_lines_comments_and_texts_at_the_left_edge_do_not_end_a_block() -> None:
    text = """\
        a: 1
        # kubetrial: ignore[x] reason

        # another remark
        block:
          one: "text
        still text"

        # a remark at the left edge
          two: 2
        next: 1
        """
    assert lines(text) == [(5, 10)]


def test_above_the_first_field_it_covers_the_document() -> None:
    text = """\
        # kubetrial: ignore[x] reason
        a: 1
        b: 2
        ---
        c: 1
        """
    assert lines(text) == [(2, 3)]


@pytest.mark.parametrize("separator", ["---", "--- # remark"])
def test_before_a_separator_it_means_the_document_behind(separator: str) -> None:
    text = f"a: 1\n# kubetrial: ignore[x] reason\n{separator}\nb: 1\nc: 2\n---\nd: 1\n"
    (one,) = ignores(text)
    assert (one.document, one.first, one.last) == (1, 4, 5)


def test_after_a_separator_it_means_the_document() -> None:
    assert lines("a: 1\n---\n# Source: x\n# kubetrial: ignore[x] reason\nb: 1\nc: 2\n") == [(5, 6)]


def test_ignore_file_covers_everything() -> None:
    (one,) = ignores("a: 1\n---\nb: 1\n# kubetrial: ignore-file[x] reason\n")
    assert one.document == -1
    assert one.first == 1
    assert one.last > 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  # kubetrial: ignore[x] reason\n",
        "a: >-\n  text\n  # kubetrial: ignore[x] reason\n  text\nb: 1\n",
        "a: '# kubetrial: ignore[x] reason'\n",
        'a: "text\n  # kubetrial: ignore[x] reason"\n',
        'a: {b: "x # kubetrial: ignore[x] reason"}\n',
        '? "k # kubetrial: ignore[x] reason"\n: 1\n',
        "a: b# kubetrial: ignore[x] reason\n",
        "- |\n\n  # kubetrial: ignore[x] reason\n- b\n",
        "---\na: 1\n---\nb: |2\n    # kubetrial: ignore[x] reason\n",
    ],
)
def test_texts_are_no_comments(text: str) -> None:
    assert ignores(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  text\n# kubetrial: ignore[x] reason\nb: 1\n",
        "a: >-\n  text\n\n# kubetrial: ignore[x] reason\nb: 1\n",
        "a: |  # kubetrial: ignore[x] reason\n  text\n",
        "a: 'it''s'  # kubetrial: ignore[x] reason\n",
        "a: it's  # kubetrial: ignore[x] reason\nb: isn't\n",
        "a: [1, # kubetrial: ignore[x] reason\n  2]\n",
        "a:\t# kubetrial: ignore[x] reason\n  b: 1\n",
        "a: 1\r\nb: 2 # kubetrial: ignore[x] reason\r\n",
        "a: x\n  y # kubetrial: ignore[x] reason\n",
        "#kubetrial:ignore[x] reason\na: 1\n",
        "a: 1  # noqa # kubetrial: ignore[x]: reason\n",
        "a: [unclosed  # kubetrial: ignore[x] reason\n",
        "a: 1\n# kubetrial: ignore[x] reason",
    ],
)
def test_comments_are_found(text: str) -> None:
    (one,) = ignores(text)
    assert one.rules == ("x",)
    assert one.reason == "reason"


def test_a_remark_that_mentions_kubetrial_is_no_directive() -> None:
    assert ignores("# kubetrial: see the manual\na: 1\n") == ()


def test_a_misspelt_directive_is_kept_to_be_reported() -> None:
    assert [one.word for one in ignores("# kubetrial: ingore[x] reason\na: 1\n")] == ["ingore"]


NO = "# kubetrial: ignore[x] no"
words = st.sampled_from(
    [
        "plain",
        "it's",
        'say "so"',
        NO,
        f"a {NO}",
        f"l\n{NO}\nm",
        f"x: {NO}",
        f"\ttab {NO}",
        "",
        "| ",
        "- #",
        "'",
        '"',
        "#",
    ]
)
values = st.recursive(
    words | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=12,
)


def written(value: object, flow: bool, width: int) -> str:
    import io

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    yaml.width = width
    out = io.StringIO()
    yaml.dump({"root": value}, out)
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(values, st.booleans(), st.sampled_from([10, 40, 200]))
def test_no_text_of_any_style_is_taken_for_a_comment(value: object, flow: bool, width: int) -> None:
    text = written(value, flow, width)
    assume(not source.read("a.yaml", text).unread)  # the dumper breaks long keys
    assert ignores_of(text) == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(values, min_size=1, max_size=4), st.booleans(), st.sampled_from([10, 40, 200]))
def test_a_comment_between_documents_is_found(parts: list[object], flow: bool, width: int) -> None:
    text = ""
    expected = []
    for part in parts:
        expected.append(text.count("\n") + 1)
        text += f"# kubetrial: ignore[y] {len(expected)}\n---\n" + written(part, flow, width)
    assume(not source.read("a.yaml", text).unread)
    found = ignores_of(text)
    assert [one.place.start.line for one in found] == expected
    assert [one.reason for one in found] == [str(number + 1) for number in range(len(parts))]


def ignores_of(text: str) -> tuple[Ignore, ...]:
    return parse(source.read("a.yaml", text), "a.yaml")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:-#'\"|>[]{} \n\tkubetrial\r\ufeff&*!%@", max_size=80), st.integers(0, 80))
def test_any_text_is_taken(text: str, at: int) -> None:
    text = text[:at] + "# kubetrial: ignore[x] reason" + text[at:]
    for one in ignores_of(text):
        assert 1 <= one.place.start.line <= text.count("\n") + 1
