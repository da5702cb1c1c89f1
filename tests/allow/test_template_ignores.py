"""Ignores in templates of charts and in their values files."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.finding import Category, Finding, Position, Range, Related
from kubetrial.lint.settings.config import Settings
from kubetrial.lint.settings.ignore import apply

FILE = "shop/templates/web.yaml"


def finding(line: int, value_line: int = 0, rule: str = "object-twice") -> Finding:
    at = Range(Position(line, 3), Position(line, 4))
    other = Range(Position(value_line, 1), Position(value_line, 2))
    related = (Related("the value", "shop/values.yaml", other),) if value_line else ()
    return Finding(rule=rule, category=Category.RISKY, message="m", file=FILE, range=at, related=related)


def silenced(text: str, findings: list[Finding], values: str = "") -> list[str | None]:
    sources = {FILE: dedent(text), "shop/values.yaml": dedent(values)}
    return [one.suppressed for one in apply(findings, sources, [], Settings())]


LINES = """\
    spec:
      {{/* kubetrial: ignore[object-twice] known */}}
      first:
        {{- if .Values.a }}
        a: 1
    {{- toYaml .Values.b | nindent 4 }}
        {{- end }}
        c: 2
      second: 1 {{- /* kubetrial: ignore[object-twice] here */ -}}
      third: 1  # kubetrial: ignore[object-twice] there
"""


@pytest.mark.parametrize(
    ("line", "reason"),
    [(1, None), (3, "known"), (5, "known"), (6, "known"), (8, "known"), (9, "here"), (10, "there")],
)
def test_comments_of_both_languages(line: int, reason: str | None) -> None:
    assert silenced(LINES, [finding(line)]) == [reason]


def test_a_line_that_prints_is_silenced_by_itself() -> None:
    text = "a:\n  {{- /* kubetrial: ignore[object-twice] known */}}\n  {{- toYaml .Values.b | nindent 2 }}\n  c: 1\n{{ x }}\n"
    assert silenced(text, [finding(3), finding(4)]) == ["known", None]


def test_a_whole_template() -> None:
    text = "{{/* kubetrial: ignore-file[object-twice] generated */}}\na: {{ .b }}\nc: 1\n"
    assert silenced(text, [finding(2), finding(3), finding(3, rule="value-wrong-type")]) == [
        "generated",
        "generated",
        None,
    ]


def test_a_values_file_silences_what_its_line_leads_to() -> None:
    values = "a: 1\nb: 2  # kubetrial: ignore[object-twice] wanted\n"
    assert silenced("x: {{ .Values.b }}\n", [finding(1, 1), finding(1, 2)], values) == [None, "wanted"]


def test_no_reason_silences_nothing_and_is_said() -> None:
    (kept, said) = apply(
        [finding(2)],
        {FILE: "{{/* kubetrial: ignore[object-twice] */}}\na: {{ .b }}\n"},
        [],
        Settings(),
    )
    assert kept.suppressed is None
    assert (said.rule, said.range.start) == ("ignore-without-reason", Position(1, 1))


@given(st.text(alphabet="{}/*-# \nkubetrial:ignore[x] "), st.text(alphabet="{}/*- \n"))
def test_no_text_is_too_odd(before: str, behind: str) -> None:
    text = f"{before}{{{{/* kubetrial: ignore[object-twice] why */}}}}{behind}"
    assert len(apply([finding(1)], {FILE: text}, [], Settings())) >= 1
