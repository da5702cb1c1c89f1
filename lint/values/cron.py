"""Cron schedules as Kubernetes reads and follows them: robfig/cron v3's standard parser and its Next, on Go's clock.

Where it differs from other crons: no day-of-week 7, no wrap-around ranges, no L, W, #, H or @reboot; `@every` counts
from the moment asked from; a day must match day-of-month or day-of-week when neither begins with a star; a moment that
the clock skips in spring is left out, one that it repeats in autumn comes twice; five years without a run is never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone, tzinfo

from kubetrial.lint.values.durations import DurationError, parse_duration
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.values.remembered import remembered

_STAR = 1 << 63
_SPACE = (
    r"[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"  # Go's strings.Fields, not str.split
)
_EPOCH = date(1970, 1, 1).toordinal()
_ORIGIN = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NAIVE = datetime(1970, 1, 1)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class CronError(ValueError):
    """Why a text is no schedule, in plain words."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A parsed schedule: sets of bits for the fields (the top bit tells of a star), or a constant delay."""

    minute: int
    hour: int
    day: int
    month: int
    weekday: int
    every: int | None = None
    """Whole seconds of `@every`, at least 1; the other fields mean nothing then."""

    @property
    def either_day(self) -> bool:
        """Whether day-of-month and day-of-week are both restricted, so that either is enough."""
        return self.every is None and not (self.day & _STAR or self.weekday & _STAR)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: str = ""


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    _Field("day of week", 0, 6, "sun mon tue wed thu fri sat"),
)
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


@remembered(1024)
def parse(text: str) -> Schedule:
    """The schedule that a CronJob's `schedule` means; raises CronError with the reason.

    Follows ParseStandard of robfig/cron v3 and validateScheduleFormat in pkg/apis/batch/validation (no TZ= inside).
    """
    if not text:
        raise CronError("it is empty")
    if "TZ" in text:
        raise CronError("a time zone cannot stand in the schedule; write it in timeZone")
    if text.startswith("@"):
        return _descriptor(text)
    fields = [field for field in re.split(_SPACE, text) if field]
    if len(fields) != 5:
        hint = ""
        if len(fields) in (6, 7):
            hint = "; seconds and years have no field"
        elif fields[:1] and fields[0].startswith("@"):
            hint = "; no blank may stand before '@'"
        raise CronError(f"five fields (minute, hour, day of month, month, day of week), this has {len(fields)}{hint}")
    minute, hour, day, month, weekday = (_bits(part, field) for part, field in zip(fields, _FIELDS, strict=True))
    return Schedule(minute, hour, day, month, weekday)


def problem(text: str) -> str | None:
    """Why a text is no schedule, or None."""
    try:
        parse(text)
    except CronError as error:
        return str(error)
    return None


def _descriptor(text: str) -> Schedule:
    if text in _DESCRIPTORS:
        return parse(_DESCRIPTORS[text])
    if text.startswith("@every "):
        try:
            nanoseconds = parse_duration(text[len("@every ") :])
        except DurationError as error:
            raise CronError(f"the time after @every: {error}") from error
        return Schedule(0, 0, 0, 0, 0, every=max(nanoseconds // 1_000_000_000, 1))
    if text.strip() in _DESCRIPTORS:
        raise CronError(f"no blank may stand after {text.strip()}")
    if text.strip().lower() in _DESCRIPTORS:
        raise CronError(f"{text} is written in lower case: {text.strip().lower()}")
    known = "@yearly, @monthly, @weekly, @daily, @hourly and @every with a time"
    if text == "@reboot":
        raise CronError(f"@reboot means nothing in a cluster; there are {known}")
    raise CronError(f"there is no {text.split()[0]}; there are {known}")


def _bits(text: str, field: _Field) -> int:
    """The bits of one field; one that is only commas is good and never matches."""
    bits = 0
    for part in text.split(","):
        if part:
            bits |= _range(part, field)
    return bits


def _range(text: str, field: _Field) -> int:
    bounds, slash, step_text = text.partition("/")
    first, dash, last = bounds.partition("-")
    star = _STAR if first in ("*", "?") else 0
    if star:
        low, high = field.low, field.high
    else:
        low = _number(first, field, text)
        if "-" in last:
            raise CronError(f"{field.name} {text!r} has too many '-'")
        high = _number(last, field, text) if dash else low
    step = 1
    if slash:
        if "/" in step_text:
            raise CronError(f"{field.name} {text!r} has too many '/'")
        step = _integer(step_text, field, text)
        if not dash:
            high = field.high
        if step > 1:
            star = 0
    if low < field.low:
        raise CronError(f"{field.name} begins at {field.low}, found {low}")
    if high > field.high:
        hint = "; Sunday is 0" if field.name == "day of week" and high == 7 else ""
        raise CronError(f"{field.name} ends at {field.high}, found {high}{hint}")
    if low > high:
        raise CronError(f"{field.name} {text!r} runs backwards; write two ranges with a comma")
    if step == 0:
        raise CronError(f"{field.name} {text!r} has a step of 0")
    bits = star
    for value in range(low, high + 1, step):
        bits |= 1 << value
    return bits


def _number(text: str, field: _Field, part: str) -> int:
    words = field.words.split()
    if text.lower() in words:
        return words.index(text.lower()) + field.low
    return _integer(text, field, part)


def _integer(text: str, field: _Field, part: str) -> int:
    if re.match(r"\+?[0-9]+\Z", text) and len(text) < 4000 and (number := int(text)) < 1 << 63:
        return number
    if text[:3].lower() in field.words.split() and text.isalpha():
        raise CronError(f"{field.name} {part!r} has a long name; write {text[:3].upper()}")
    if text[-1:] in ("L", "W", "H") or "#" in text:
        raise CronError(f"{field.name} {part!r}: L, W, H and '#' are not known here")
    raise CronError(
        f"{field.name} {part!r} is no number, range or list" + (", or three-letter name" if field.words else "")
    )


def never_fires(schedule: Schedule) -> bool:
    """Whether the calendar has no day for it, such as 30 February: the CronJob is accepted and never runs."""
    if schedule.every is not None:
        return False
    if not (schedule.minute and schedule.hour and schedule.month):
        return True
    if schedule.either_day and schedule.weekday:
        return False
    if not schedule.weekday and not schedule.either_day:
        return True
    return not any(
        schedule.month >> month & 1 and schedule.day & ((1 << _DAYS[month - 1] + 1) - 1) for month in range(1, 13)
    )


def next_after(schedule: Schedule, after: datetime, zone: tzinfo = timezone.utc) -> datetime | None:
    """The first moment later than `after` at which the schedule is due, in UTC; None when there is none in five years.

    `after` has a time zone of its own; `zone` is the one in which the fields are read.
    """
    since = after - _ORIGIN
    found = next_second(schedule, since.days * 86400 + since.seconds, zone)
    try:
        return None if found is None else _ORIGIN + timedelta(seconds=found)
    except OverflowError:
        return None


def next_second(schedule: Schedule, after: int, zone: tzinfo = timezone.utc) -> int | None:
    """next_after in whole seconds since 1970, UTC.

    Follows SpecSchedule.Next and ConstantDelaySchedule.Next of robfig/cron v3 step by step, for the order of the steps
    decides what happens where clocks change around midnight.
    """
    if schedule.every is not None:
        return after + schedule.every
    if not (schedule.minute and schedule.hour and schedule.month):
        return None
    try:
        clock = _Clock(after + 1, zone)
        last_year = clock.date().year + 5
        for _ in range(10_000):  # a bound that only a clock gone mad would reach
            if clock.date().year > last_year:
                return None
            if (
                _to_month(clock, schedule.month)
                and _to_day(clock, schedule)
                and _to_hour(clock, schedule.hour)
                and _to_minute(clock, schedule.minute)
                and _to_full_minute(clock)
            ):
                return clock.second
    except (ValueError, OverflowError):  # Python's calendar ends in the year 9999; or see _to_day
        pass
    return None


def runs_between(
    schedule: Schedule, after: datetime, until: datetime, zone: tzinfo = timezone.utc
) -> Iterator[datetime]:
    """The moments later than `after` and not later than `until` at which the schedule is due, in UTC."""
    due = next_after(schedule, after, zone)
    while due is not None and due <= until:
        yield due
        due = next_after(schedule, due, zone)


class _Clock:
    """A moment in a zone: `second` since 1970 in UTC, `local` the same on the zone's clock. Moves as Go's time.Time."""

    __slots__ = ("begun", "fixed", "local", "offset", "second", "zone")

    def __init__(self, second: int, zone: tzinfo) -> None:
        self.zone = zone
        self.fixed = isinstance(zone, timezone)
        self.begun = False
        """Whether a field was moved already, and the smaller ones set to their beginning."""
        self.offset = _offset(zone, second)
        self.second = second
        self.local = second + self.offset

    def date(self) -> date:
        """The day on the zone's clock."""
        return date.fromordinal(_EPOCH + self.local // 86400)

    def to(self, second: int) -> None:
        """Go to a moment."""
        if not self.fixed:
            self.offset = _offset(self.zone, second)
        self.second = second
        self.local = second + self.offset

    def to_local(self, local: int) -> None:
        """Go to what the zone's clock shows; what it never shows or shows twice is resolved as by Go's time.Date."""
        offset = self.offset if self.fixed else _offset(self.zone, local)
        if offset and not self.fixed:
            offset = _offset(self.zone, local - offset)
        self.to(local - offset)

    def skip(self, seconds: int, step: int) -> None:
        """Go on by `seconds`, or by only one step when the clocks change on the way."""
        offset = self.offset
        start = self.second
        self.to(start + seconds)
        if self.offset != offset:
            self.to(start + step)


def _offset(zone: tzinfo, second: int) -> int:
    """Seconds east of UTC at a moment."""
    offset = zone.fromutc(_NAIVE.replace(tzinfo=zone) + timedelta(seconds=second)).utcoffset()
    return offset.days * 86400 + offset.seconds if offset else 0


# Each of these goes to the next moment that matches a field and is True; or past the end of the next larger field, and
# is False: then all fields are looked at again.


def _to_month(clock: _Clock, months: int) -> bool:
    while not months >> (day := clock.date()).month & 1:
        if not clock.begun:
            clock.begun = True
            clock.to_local((clock.local // 86400 - day.day + 1) * 86400)
            day = clock.date()
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1).toordinal() - _EPOCH
        clock.to_local((following + day.day - 1) * 86400 + clock.local % 86400)
        if clock.date().month == 1:
            return False
    return True


def _to_day(clock: _Clock, schedule: Schedule) -> bool:
    while not _day_matches(schedule, clock.date()):
        if not clock.begun:
            clock.begun = True
            clock.to_local(clock.local - clock.local % 86400)
        before = clock.second
        clock.to_local(clock.local + 86400)
        hour = clock.local % 86400 // 3600
        if hour:  # that day has no midnight
            clock.to(clock.second + (24 - hour if hour > 12 else -hour) * 3600)
        if clock.second <= before:
            # a whole day is missing (Pacific/Apia, 30 December 2011): the server's search would never end
            raise OverflowError
        if clock.date().day == 1:
            return False
    return True


def _day_matches(schedule: Schedule, day: date) -> bool:
    of_month = schedule.day >> day.day & 1
    of_week = schedule.weekday >> day.isoweekday() % 7 & 1
    if (schedule.day | schedule.weekday) & _STAR:
        return bool(of_month and of_week)
    return bool(of_month or of_week)


def _to_hour(clock: _Clock, hours: int) -> bool:
    while not hours >> (hour := clock.local % 86400 // 3600) & 1:
        if not clock.begun:
            clock.begun = True
            clock.to_local(clock.local - clock.local % 3600)
            hour = clock.local % 86400 // 3600
        clock.skip((_next_bit(hours, hour, 24) - hour) * 3600, 3600)
        if clock.local % 86400 < 3600:
            return False
    return True


def _to_minute(clock: _Clock, minutes: int) -> bool:
    while not minutes >> (minute := clock.local % 3600 // 60) & 1:
        if not clock.begun:
            clock.begun = True
            clock.to(clock.second - clock.second % 60)
        clock.skip((_next_bit(minutes, minute, 60) - minute) * 60, 60)
        if clock.local % 3600 < 60:
            return False
    return True


def _to_full_minute(clock: _Clock) -> bool:
    past = clock.local % 60
    if past:
        clock.begun = True
        clock.to(clock.second + 60 - past)
    return not past


def _next_bit(bits: int, after: int, end: int) -> int:
    """The first set bit later than `after`, or `end`."""
    rest = (bits & ((1 << end) - 1)) >> (after + 1)
    return after + (rest & -rest).bit_length() if rest else end
