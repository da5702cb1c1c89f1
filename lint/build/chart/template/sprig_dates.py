"""sprig's functions for dates and durations, where the local zone is UTC, and those for durations that Helm 4 adds; now is a fixed time."""

from __future__ import annotations

import math
import re
from typing import Any

from kubetrial.lint.build.chart.template.durations import SECOND, parsed_duration, printed_duration
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.time_layouts import days_of, formatted, parsed, zone_of
from kubetrial.lint.build.chart.template.times import ZERO, Time
from kubetrial.lint.build.chart.template.values import GoDuration, Int64

NOW = Time(days_of(2024, 1, 1) * 86400)


def _when(value: Any) -> Time:
    if isinstance(value, Time):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Time(int(value))
    return NOW


def _in_zone(layout: str, value: Any, zone: str) -> str:
    when = _when(value)
    return formatted(layout, (when.seconds, when.nanoseconds, zone_of(zone)))


def _time(value: Any) -> Time:
    if not isinstance(value, Time):
        raise Failure("it takes a time, such as that of `now` or `toDate`")
    return value


@function("now", "")
def now() -> Any:
    """A fixed time: what is applied must not change from run to run."""
    return NOW


@function("date", "sa")
def date(layout: str, value: Any) -> str:
    """A time in Go's layout, in UTC."""
    return _in_zone(layout, value, "UTC")


@function("dateInZone date_in_zone", "sas")
def date_in_zone(layout: str, value: Any, zone: str) -> str:
    """A time in Go's layout, in a zone; one that is unknown is taken for UTC."""
    return _in_zone(layout, value, zone)


@function("htmlDate", "a")
def html_date(value: Any) -> str:
    """2006-01-02."""
    return _in_zone("2006-01-02", value, "UTC")


@function("htmlDateInZone", "as")
def html_date_in_zone(value: Any, zone: str) -> str:
    """2006-01-02, in a zone."""
    return _in_zone("2006-01-02", value, zone)


@function("unixEpoch", "a")
def unix_epoch(value: Any) -> str:
    """Seconds since 1970."""
    return str(_time(value).seconds)


@function("ago", "a")
def ago(value: Any) -> str:
    """How long ago a time is, in whole seconds."""
    return printed_duration((NOW.seconds - _when(value).seconds) * SECOND)


@function("dateModify date_modify", "sa")
def date_modify(change: str, value: Any) -> Any:
    """A time some hours, minutes or seconds later; what is no duration changes nothing."""
    nanoseconds = parsed_duration(change)
    return _time(value) if nanoseconds is None else _time(value).later(nanoseconds)


@function("mustDateModify must_date_modify", "sa")
def must_date_modify(change: str, value: Any) -> Any:
    """`dateModify` that refuses what is no duration."""
    nanoseconds = parsed_duration(change)
    if nanoseconds is None:
        raise Failure(f"{change!r} is no duration, such as 1h30m")
    return _time(value).later(nanoseconds)


@function("toDate", "ss")
def to_date(layout: str, text: str) -> Any:
    """A time of a text in Go's layout; what does not fit is the first day of all."""
    found = parsed(layout, text)
    return ZERO if found is None else Time(*found)


@function("mustToDate", "ss")
def must_to_date(layout: str, text: str) -> Any:
    """`toDate` that refuses what does not fit."""
    found = parsed(layout, text)
    if found is None:
        raise Failure(f"{text!r} does not have the form of {layout!r}")
    return Time(*found)


@function("duration", "a")
def duration(value: Any) -> str:
    """Seconds as Go prints a duration."""
    seconds = 0
    if isinstance(value, Int64):
        seconds = int(value)
    elif isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", value):
        seconds = max(min(int(value), 2**63 - 1), -(2**63))
    return printed_duration((seconds * SECOND + 2**63) % 2**64 - 2**63)


@function("durationRound", "a")
def duration_round(value: Any) -> str:
    """The largest unit of a duration: 2h, 3d, 1y."""
    nanoseconds = 0
    if isinstance(value, str):
        nanoseconds = parsed_duration(value) or 0
    elif isinstance(value, Int64):
        nanoseconds = int(value)
    elif isinstance(value, Time):
        nanoseconds = (NOW.seconds - value.seconds) * SECOND
    hour = 3600 * SECOND
    units = (("y", 8760 * hour), ("mo", 720 * hour), ("d", 24 * hour), ("h", hour), ("m", 60 * SECOND), ("s", SECOND))
    return next((f"{abs(nanoseconds) // size}{name}" for name, size in units if abs(nanoseconds) > size), "0s")


# Helm 4's


def _any_duration(value: Any) -> int:
    """Nanoseconds of a duration, of a text such as 1h or 2.5, or of a number of seconds."""
    if isinstance(value, GoDuration):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Failure("it takes a duration such as 1h30m, or a number of seconds")
    if isinstance(value, str):
        found = parsed_duration(value.strip())
        if found is not None:
            return found
        try:
            value = float(value)
        except ValueError:
            raise Failure(f"{value!r} is no duration, such as 1h30m") from None
    if not math.isfinite(value) or abs(value) >= 2**63 / SECOND:
        raise Failure("the duration is too long")
    return int(value * SECOND)


@function("mustToDuration", "a")
def must_to_duration(value: Any) -> GoDuration:
    """A duration, or a refusal."""
    return GoDuration(_any_duration(value))


def _counted(name: str, unit: int, *, whole: bool) -> None:
    @function(name, "a")
    def run(value: Any) -> Any:
        try:
            found = _any_duration(value)
        except Failure:
            found = 0
        return Int64(int(found / unit)) if whole else found / unit


_counted("durationSeconds", SECOND, whole=False)
_counted("durationMilliseconds", 10**6, whole=True)
_counted("durationMicroseconds", 10**3, whole=True)
_counted("durationNanoseconds", 1, whole=True)
_counted("durationMinutes", 60 * SECOND, whole=False)
_counted("durationHours", 3600 * SECOND, whole=False)
_counted("durationDays", 24 * 3600 * SECOND, whole=False)
_counted("durationWeeks", 7 * 24 * 3600 * SECOND, whole=False)


@function("durationRoundTo", "aa")
def duration_round_to(value: Any, unit: Any) -> GoDuration:
    """The nearest multiple, halves away from zero."""
    return _multiple(value, unit, 1)


@function("durationTruncateTo", "aa")
def duration_truncate_to(value: Any, unit: Any) -> GoDuration:
    """The next multiple towards zero."""
    return _multiple(value, unit, 0)


def _multiple(value: Any, unit: Any, half: int) -> GoDuration:
    try:
        found = _any_duration(value)
    except Failure:
        return GoDuration(0)
    try:
        size = _any_duration(unit)
    except Failure:
        return GoDuration(found)
    if size <= 0:
        return GoDuration(found)
    made = (abs(found) + half * (size // 2 + size % 2)) // size * size
    return GoDuration(made if found >= 0 else -made)
