"""Schedules against robfig/cron itself (schedules.jsonl: text, from, zone, null or the next moments) and croniter."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.values import cron

HERE = os.path.dirname(__file__)
NEVER = "0001-01-01T00:00:00Z"
SHARED = os.path.join(HERE, *[os.pardir] * 3, "shared", "knowledge", "cron_robfig_vs_croniter.txt")

with open(os.path.join(HERE, "schedules.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def following(text: str, start: str, zone: str, count: int) -> list[str] | None:
    """The next moments as the recording writes them; None for what is no schedule."""
    try:
        schedule = cron.parse(text)
    except cron.CronError:
        return None
    found: list[str] = []
    due: datetime | None = moment(start)
    for _ in range(count):
        assert due is not None
        due = cron.next_after(schedule, due, ZoneInfo(zone))
        if due is None:
            return [*found, NEVER]
        found.append(due.isoformat().replace("+00:00", "Z"))
    return found


def test_next_moments_are_the_servers() -> None:
    wrong = []
    for text, start, zone, expected in RECORDED:
        # Go reads more digits of a second than some versions of Python
        count = len(expected) if expected else 1
        found = following(text, start.replace(".500000", "").replace(".5Z", "Z"), zone, count)
        if found != expected:
            wrong.append((text, start, zone, expected, found))
    assert wrong == []


@pytest.mark.skipif(not os.path.exists(SHARED), reason="the shared measurements are not beside this checkout")
def test_the_shared_table() -> None:
    zones = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "America/New_York")
    wrong = []
    with open(SHARED, encoding="utf-8") as file:
        for line in file:
            if "\tGO\t" not in line or "CRON_TZ" in line:
                continue
            text, result = line.rstrip("\n").split("\tGO\t")[1].rsplit("\t", 1)
            expected = None if result.startswith("ERR") else result.replace("ZERO", NEVER).split()
            # the table does not say where it starts: just before its first moment
            start = "2026-01-01T00:00:00Z"
            if expected and expected[0] != NEVER and not text.startswith("@every"):
                start = (moment(expected[0]) - timedelta(seconds=1)).isoformat()
            if all(following(text, start, zone, len(expected or "1")) != expected for zone in zones):
                wrong.append((text, expected))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("* * * *", "this has 4"),
        ("0 * * * * *", "seconds and years have no field"),
        (" @daily", "no blank may stand before"),
        ("@daily ", "no blank may stand after"),
        ("@Daily", "lower case"),
        ("@reboot", "@reboot means nothing"),
        ("@fortnightly", "there is no @fortnightly"),
        ("@every 1d", "24h"),
        ("60 * * * *", "minute ends at 59, found 60"),
        ("0 24 * * *", "hour ends at 23"),
        ("0 0 0 * *", "day of month begins at 1"),
        ("0 0 1 13 *", "month ends at 12"),
        ("0 0 * * 7", "Sunday is 0"),
        ("0 0 * * fri-mon", "backwards"),
        ("0 22-2 * * *", "backwards"),
        ("*/0 * * * *", "step of 0"),
        ("0 0 * * monday", "write MON"),
        ("0 0 L * *", "not known"),
        ("0 0 * * 5#2", "not known"),
        ("0 0 15W * *", "not known"),
        ("H 0 * * *", "not known"),
        ("1-2-3 * * * *", "too many '-'"),
        ("1/2/3 * * * *", "too many '/'"),
        ("a * * * *", "no number"),
        ("CRON_TZ=Europe/Berlin 0 2 * * *", "timeZone"),
        ("TZ=UTC", "timeZone"),
    ],
)
def test_says_what_is_wrong(text: str, part: str) -> None:
    assert part in str(cron.problem(text))


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("0 0 31 2 *", True),
        ("0 0 30 2 *", True),
        ("0 0 29 2 *", False),
        ("0 0 31 4,6,9,11 *", True),
        ("0 0 31 */2 *", False),
        ("0 0 30 2 1", False),
        (", * * * *", True),
        ("* * , * *", True),
        ("* * , * ,", True),
        ("* * * * ,", True),
        ("* * , * 1", False),
        ("@every 1h", False),
    ],
)
def test_never_fires(text: str, never: bool) -> None:
    schedule = cron.parse(text)
    assert cron.never_fires(schedule) is never
    assert (cron.next_after(schedule, moment("2026-01-01T00:00:00Z")) is None) is never


@pytest.mark.parametrize(
    ("text", "either"),
    [
        ("0 0 13 * 5", True),
        ("0 0 13 * */1", False),
        ("0 0 */2 * 1", True),
        ("0 0 ? * 1", False),
        ("0 0 1-31 * 1", True),
    ],
)
def test_either_day(text: str, either: bool) -> None:
    assert cron.parse(text).either_day is either


def test_runs_between_excludes_the_beginning_and_includes_the_end() -> None:
    hours = list(
        cron.runs_between(cron.parse("@hourly"), moment("2026-01-01T00:00:00Z"), moment("2026-01-02T00:00:00Z"))
    )
    assert len(hours) == 24
    assert hours[0] == moment("2026-01-01T01:00:00Z")
    assert hours[-1] == moment("2026-01-02T00:00:00Z")


def test_a_day_that_a_zone_left_out_does_not_catch_the_search() -> None:
    schedule = cron.parse("15,45 0 31 * *")
    assert cron.next_after(schedule, moment("2011-11-02T21:00:00Z"), ZoneInfo("Pacific/Apia")) is None


def test_the_end_of_the_calendar_is_the_end() -> None:
    assert cron.next_after(cron.parse("0 0 1 1 *"), datetime(9999, 6, 1, tzinfo=timezone.utc)) is None
    assert cron.next_after(cron.parse("@every 9999h"), datetime(9999, 12, 31, tzinfo=timezone.utc)) is None


def part_of(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    return st.one_of(st.just("*"), number.map(str), span, st.integers(2, high).map(lambda step: f"*/{step}"))


def schedules() -> st.SearchStrategy[str]:
    bounds = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
    lists = [st.lists(part_of(*b), min_size=1, max_size=2).map(",".join) for b in bounds]
    return st.tuples(*lists).map(" ".join)


MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(timezone.utc))


def by_trying(schedule: cron.Schedule, after: datetime) -> datetime | None:
    """The next moment in UTC by trying every day, then every minute of it."""
    day = after.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(366 * 6):
        restricted = schedule.either_day
        of_month, of_week = schedule.day >> day.day & 1, schedule.weekday >> day.isoweekday() % 7 & 1
        if schedule.month >> day.month & 1 and (of_month or of_week if restricted else of_month and of_week):
            for hour in range(24):
                for minute in range(60):
                    if schedule.hour >> hour & 1 and schedule.minute >> minute & 1:
                        due = day.replace(hour=hour, minute=minute)
                        if due > after:
                            return due if due.year <= after.year + 5 else None
        day += timedelta(days=1)
    return None


@given(schedules(), MOMENTS)
@settings(max_examples=60, deadline=None)
def test_the_next_moment_is_the_one_found_by_trying(text: str, after: datetime) -> None:
    schedule = cron.parse(text)
    assert cron.next_after(schedule, after) == by_trying(schedule, after)


@given(schedules(), MOMENTS, st.sampled_from(["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe"]))
@settings(deadline=None)
def test_a_due_moment_is_later_and_matches_the_clock(text: str, after: datetime, zone: str) -> None:
    schedule = cron.parse(text)
    due = cron.next_after(schedule, after, ZoneInfo(zone))
    if due is not None:
        local = due.astimezone(ZoneInfo(zone))
        assert due > after
        assert due.second == due.microsecond == 0
        assert schedule.minute >> local.minute & 1
        assert schedule.hour >> local.hour & 1


@given(schedules(), MOMENTS)
@settings(max_examples=60, deadline=None)
def test_agrees_with_croniter_where_both_mean_the_same(text: str, after: datetime) -> None:
    croniter = pytest.importorskip("croniter")
    minute, hour, day, month, weekday = text.split()
    # croniter has its own idea of which day fields are restricted when a star stands in a list
    if "," in day or "," in weekday or "/" in day or "/" in weekday:
        day, weekday = "*", "1"
    text = f"{minute} {hour} {day} {month} {weekday}"
    # nor does it read a range of one number as that number
    if "1-31" in day or "0-6" in weekday or re.search(r"\b(\d+)-\1\b", text):
        return
    expected: datetime | None
    try:
        expected = croniter.croniter(text, after, max_years_between_matches=5).get_next(datetime)
    except croniter.CroniterBadDateError:
        return
    found = cron.next_after(cron.parse(text), after)
    assert found == expected or found is None


@given(st.text(alphabet="0123456789*/-,? @TZLW#jansuevry\t\n", max_size=30))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    reason = cron.problem(text)
    assert reason is None or (reason and not reason.endswith("."))
    if reason is None:
        cron.next_after(cron.parse(text), moment("2026-01-01T00:00:00Z"))
