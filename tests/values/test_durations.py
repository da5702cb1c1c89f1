"""Durations and times against Go's own readers (durations.jsonl: kind, text, null or what was read)."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import durations

with open(os.path.join(os.path.dirname(__file__), "durations.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file]


@pytest.mark.parametrize(("kind", "text", "expected"), [row for row in RECORDED if row[0] == "duration"])
def test_durations(kind: str, text: str, expected: list[object] | None) -> None:
    if expected is None:
        with pytest.raises(durations.DurationError):
            durations.parse_duration(text)
    else:
        assert durations.parse_duration(text) == expected[0]


@pytest.mark.parametrize(("kind", "text", "expected"), [row for row in RECORDED if row[0] != "duration"])
def test_times(kind: str, text: str, expected: str | None) -> None:
    parse = durations.parse_time if kind == "time" else durations.parse_micro_time
    if expected is None:
        with pytest.raises(durations.TimeError):
            parse(text)
    elif not expected.startswith(("0000", "-")):
        assert parse(text).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1d", "24h"),
        ("90", "unit is missing"),
        ("1H", "no unit 'H'"),
        ("", "empty"),
        ("soon", "a number"),
        ("9" * 30 + "h", "292"),
    ],
)
def test_duration_reasons(text: str, part: str) -> None:
    assert part in str(durations.duration_problem(text))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("2024-06-01", "2024-06-01T00:00:00Z"),
        ("2024-06-01 10:00:00Z", "`T`"),
        ("2024-06-01T10:00:00", "time zone"),
        ("2024-02-30T10:00:00Z", "day"),
        ("2024-13-01T10:00:00Z", "month"),
        ("2024-06-01T10:60:00Z", "time of day"),
        ("2024-06-01T10:00:00+25:00", "time zone"),
        ("tomorrow", "such as"),
    ],
)
def test_time_reasons(text: str, part: str) -> None:
    assert part in str(durations.time_problem(text))


def test_micro_time_needs_six_digits() -> None:
    assert "six digits" in str(durations.micro_time_problem("2024-06-01T10:00:00Z"))
    assert durations.micro_time_problem("2024-06-01T10:00:00.000000Z") is None


def test_moments_beyond_the_calendar_do_not_crash() -> None:
    for text in ("0000-02-29T00:00:00Z", "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"):
        assert durations.time_problem(text) is None


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(timezone.utc)))
def test_a_time_survives_being_written(moment: datetime) -> None:
    text = f"{moment.year:04d}{moment.strftime('-%m-%dT%H:%M:%S.%f')}Z"
    assert durations.parse_micro_time(text) == durations.parse_time(text) == moment


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    for problem in (durations.duration_problem, durations.time_problem, durations.micro_time_problem):
        assert problem(text) != ""
