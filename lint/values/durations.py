"""Durations and times as the API server's decoder reads them.

Durations follow Go's time.ParseDuration (metav1.Duration, `@every` of a schedule) and are whole nanoseconds. Times
follow metav1.Time and metav1.MicroTime of k8s.io/apimachinery, that is Go's time.Parse with its small tolerances.
"""

from __future__ import annotations

import calendar
import functools
import re
from datetime import datetime, timedelta, timezone

_MOST = (1 << 63) - 1
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "\u00b5s": 1_000,  # the micro sign
    "\u03bcs": 1_000,  # the Greek letter
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_compiled = functools.cache(re.compile)
_DURATION_PART = r"([0-9]*)(\.)?([0-9]*)([^.0-9]*)"
_TIME = (
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))\Z"
)


class DurationError(ValueError):
    """Why a text is no duration, in plain words."""


class TimeError(ValueError):
    """Why a text is no time, in plain words."""


def parse_duration(text: str) -> int:
    """The nanoseconds of a duration such as `1h30m`, `-1.5h`, `300ms` or `0`; raises DurationError.

    Units are h, m, s, ms, us and ns: there are no days. It ends at about 292 years.
    """
    negative = text.startswith("-")
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    if not rest:
        raise DurationError("it is empty" if not text else "a number and a unit, such as 90s")
    total = 0
    position = 0
    while position < len(rest):
        match = _compiled(_DURATION_PART).match(rest, position)
        if match is None or not (match[1] or match[3]):
            raise DurationError("a number and a unit, such as 90s or 1h30m")
        whole, fraction, unit = match[1], match[3], match[4]
        if unit not in _UNITS:
            raise DurationError(_unit_reason(unit))
        size = _UNITS[unit]
        if len(whole.lstrip("0")) > 19 or (amount := int(whole or "0")) > 1 << 63:
            raise DurationError("it is too long: a duration ends at about 292 years")
        total += amount * size + _part_of(fraction, size)
        if total > 1 << 63:
            raise DurationError("it is too long: a duration ends at about 292 years")
        position = match.end()
    if total > _MOST and not negative:
        raise DurationError("it is too long: a duration ends at about 292 years")
    return -total if negative else total


def _part_of(fraction: str, size: int) -> int:
    """A decimal fraction of a unit in whole nanoseconds, by floating point as Go does it."""
    digits = 0
    places = 0
    for digit in fraction:
        longer = digits * 10 + int(digit)
        if longer > 1 << 63:
            break  # Go drops further digits
        digits, places = longer, places + 1
    return int(float(digits) * (float(size) / 10.0**places)) if digits else 0


def _unit_reason(unit: str) -> str:
    if not unit:
        return "a unit is missing; write s, m or h after the number"
    if unit in ("d", "D", "day", "days"):
        return "there is no unit for days; write 24h for a day"
    return f"there is no unit {unit!r}; units are h, m, s, ms, us and ns"


def duration_problem(text: str) -> str | None:
    """Why a text is no duration, or None."""
    try:
        parse_duration(text)
    except DurationError as error:
        return str(error)
    return None


def parse_time(text: str) -> datetime:
    """The moment of a metav1.Time (RFC 3339) in UTC, cut to microseconds; raises TimeError.

    A fraction of a second is welcome, a comma before it and an hour of one digit are taken too.
    """
    match = _compiled(_TIME).match(text)
    if match is None:
        raise TimeError(_form_reason(text))
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not 1 <= month <= 12:
        raise TimeError(f"has no such month: {month}")
    if not 1 <= day <= _days(year, month):
        raise TimeError(f"has no such day in that month: {day}")
    if hour > 23 or minute > 59 or second > 59:
        raise TimeError(f"has no such time of day: {hour}:{match[5]}:{match[6]}")
    east = timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0))
    if int(match[9] or 0) > 24 or int(match[10] or 0) > 60:
        raise TimeError(f"has no such time zone: {match[8]}{match[9]}:{match[10]}")
    micro = int((match[7] or "")[:6].ljust(6, "0"))
    # Go knows the year 0 and moments just outside of Python's calendar: they become its ends
    moment = datetime(
        max(year, 1), month, min(day, _days(max(year, 1), month)), hour, minute, second, micro, timezone.utc
    )
    try:
        return moment + east if match[8] == "-" else moment - east
    except OverflowError:
        return moment


def parse_micro_time(text: str) -> datetime:
    """The moment of a metav1.MicroTime in UTC: as parse_time, with exactly six digits of a second; raises TimeError."""
    match = _compiled(_TIME).match(text)
    if match is not None and len(match[7] or "") != 6:
        raise TimeError("needs a fraction of a second of six digits, such as 2026-01-31T08:00:00.000000Z")
    return parse_time(text)


def time_problem(text: str) -> str | None:
    """Why a metav1.Time is refused, or None."""
    try:
        parse_time(text)
    except TimeError as error:
        return str(error)
    return None


def micro_time_problem(text: str) -> str | None:
    """Why a metav1.MicroTime is refused, or None."""
    try:
        parse_micro_time(text)
    except TimeError as error:
        return str(error)
    return None


def _days(year: int, month: int) -> int:
    return 29 if month == 2 and calendar.isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _form_reason(text: str) -> str:
    if _compiled(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z").match(text):
        return f"has a date only; write {text}T00:00:00Z"
    if _compiled(r"[0-9-]{10}[ t]").match(text):
        return "has no `T` between date and time, as in 2026-01-31T08:00:00Z"
    if _compiled(r"[0-9-]{10}T[0-9:.,]+\Z").match(text):
        return "has no time zone; write `Z` for UTC, or an offset such as +02:00, at its end"
    return "is no time such as 2026-01-31T08:00:00Z"
