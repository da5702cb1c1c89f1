"""Points in time as Go's package time has them: written and read in a layout such as `2006-01-02`, in a zone.

Follows time.Time.Format and time.Parse: the layout is cut into the words that mean something, and what stands between them is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo

from kubetrial.lint.values.records import dataclass

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WORD = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|(?<=_)2006|__2|_2(?!006)|3|4|5|PM|pm"
    r"|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?![0-9])"
)
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Zone:
    """A place's time: its name as Go prints it (empty: the offset is printed), and the seconds to the east of UTC, or the zone
    of the database that knows them.
    """

    name: str = "UTC"
    offset: int = 0
    database: tzinfo | None = None

    def at(self, seconds: int) -> tuple[str, int]:
        """The abbreviation and the offset at a time."""
        if self.database is None:
            return self.name, self.offset
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=max(min(seconds, 2**37), -(2**35)))
        local = moment.astimezone(self.database)
        offset = local.utcoffset()
        return local.tzname() or "", int(offset.total_seconds()) if offset else 0


UTC = Zone()
Moment = tuple[int, int, Zone]
"""Seconds since 1970 in UTC, nanoseconds behind them, and the zone in which they are shown."""


def zone_of(name: str) -> Zone:
    """The zone of a name such as Europe/Berlin; UTC where there is none, as sprig has it."""
    if name in ("", "UTC", "Local"):
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return Zone(name, database=ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, of any year."""
    year -= month <= 2
    era, within = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + within * 365 + within // 4 - within // 100 + of_year - 719468


def date_of(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    era, within = divmod(days + 719468, 146097)
    year = (within - within // 1460 + within // 36524 - within // 146096) // 365
    of_year = within - (365 * year + year // 4 - year // 100)
    part = (5 * of_year + 2) // 153
    month = part + 3 if part < 10 else part - 9
    return year + era * 400 + (month <= 2), month, of_year - (153 * part + 2) // 5 + 1


def formatted(layout: str, moment: Moment) -> str:
    """A time in a layout."""
    seconds, nanoseconds, zone = moment
    name, offset = zone.at(seconds)
    days, rest = divmod(seconds + offset, _DAY)
    year, month, day = date_of(days)
    of_year = days - days_of(year, 1, 1) + 1
    hour, minute, second = rest // 3600, rest // 60 % 60, rest % 60
    week_day = _DAYS[(days + 4) % 7]
    of_12 = hour % 12 or 12
    words = {
        "January": _MONTHS[month - 1], "Jan": _MONTHS[month - 1][:3], "Monday": week_day, "Mon": week_day[:3],
        "01": f"{month:02d}", "1": str(month), "02": f"{day:02d}", "_2": f"{day:2d}", "2": str(day), "002": f"{of_year:03d}",
        "__2": f"{of_year:3d}", "03": f"{of_12:02d}", "3": str(of_12), "04": f"{minute:02d}", "4": str(minute), "05": f"{second:02d}",
        "5": str(second), "06": f"{abs(year) % 100:02d}", "2006": f"{year:04d}" if year >= 0 else f"-{-year:04d}", "15": f"{hour:02d}",
        "PM": "PM" if hour >= 12 else "AM", "pm": "pm" if hour >= 12 else "am",
    }  # fmt: skip

    def word(match: re.Match[str]) -> str:
        found = match[0]
        if found in words:
            return words[found]
        if found == "MST":
            return name or _offset("-0700", offset)
        if found[0] in ".,":
            digits = f"{nanoseconds:09d}"[: len(found) - 1].ljust(len(found) - 1, "0")
            digits = digits.rstrip("0") if found[1] == "9" else digits
            return found[0] + digits if digits else ""
        return "Z" if found[0] == "Z" and not offset else _offset("-" + found[1:], offset)

    return _WORD.sub(word, layout)


def _offset(form: str, offset: int) -> str:
    """An offset in the form of -0700, -07:00, -07 and the two with seconds."""
    sign, seconds = ("-" if offset < 0 else "+"), abs(offset)
    parts = [f"{seconds // 3600:02d}", f"{seconds // 60 % 60:02d}", f"{seconds % 60:02d}"]
    return sign + (":" if ":" in form else "").join(parts[: sum(letter.isdigit() for letter in form) // 2])


class _Misfit(Exception):
    """The text does not have the form of the layout."""


@dataclass(slots=True)
class _PartsOfTime:
    """What is known of a time while it is read."""

    rest: str
    year: int = 0
    month: int = 0
    day: int = 0
    of_year: int = 0
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanoseconds: int = 0
    afternoon: bool | None = None
    offset: int | None = None
    zone_name: str = ""

    def take(self, pattern: str) -> re.Match[str]:
        """What stands next; raises _Misfit where it is something else."""
        match = re.match(pattern, self.rest, re.IGNORECASE | re.ASCII)
        if match is None:
            raise _Misfit
        self.rest = self.rest[match.end() :]
        return match

    def number(self, pattern: str, least: int = 0, most: int = 9999) -> int:
        """A number that stands next, within bounds."""
        found = int(self.take(pattern)[0])
        if not least <= found <= most:
            raise _Misfit
        return found

    def name(self, names: tuple[str, ...], letters: int | None = None) -> int:
        """Which of some names stands next, counted from 1."""
        for place, name in enumerate(names, 1):
            if self.rest[: len(name[:letters])].lower() == name[:letters].lower():
                self.rest = self.rest[len(name[:letters]) :]
                return place
        raise _Misfit


_LONGEST_LAYOUT = 2_000
_ONE_OR_TWO = r"\d\d?"


def parsed(layout: str, text: str) -> Moment | None:
    """The time of a text in a layout, in UTC where it names no other zone; None where it does not have that form.

    A layout of thousands of letters is none: a text is read from its begin, and what is left of it is copied for each word.
    """
    if len(layout) > _LONGEST_LAYOUT:
        return None
    parts = _PartsOfTime(text)
    try:
        place = 0
        for match in _WORD.finditer(layout):
            _skip(layout[place : match.start()], parts)
            place = match.end()
            _read(match[0], parts, layout[place:])
        _skip(layout[place:], parts)
        return None if parts.rest else _time(parts)
    except _Misfit:
        return None


def _skip(literal: str, parts: _PartsOfTime) -> None:
    """Step over the text between two words: blanks of the layout stand for any blanks."""
    while literal:
        if literal[0] == " ":
            if parts.rest and parts.rest[0] != " ":
                raise _Misfit
            literal, parts.rest = literal.lstrip(" "), parts.rest.lstrip(" ")
            continue
        if parts.rest[:1] != literal[0]:
            raise _Misfit
        literal, parts.rest = literal[1:], parts.rest[1:]


def _read(word: str, parts: _PartsOfTime, behind: str) -> None:
    """Take in what stands for one word of the layout."""
    if word in _NUMBERS:
        field, pattern, least, most = _NUMBERS[word]
        setattr(parts, field, parts.number(pattern, least, most))
    elif word in _READERS:
        _READERS[word](parts)
    elif word[0] in ".,":
        _fraction(word, parts)
    else:
        _numeric_zone(word, parts)
    if word in ("05", "5") and not re.match(r"[.,](?:0+|9+)(?![0-9])", behind) and re.match(r"[.,]\d", parts.rest):
        # Seconds may have a fraction that the layout does not name.
        parts.nanoseconds = int(parts.take(r"[.,]\d+")[0][1:10].ljust(9, "0"))


_NUMBERS = {
    "2006": ("year", r"\d{4}", 0, 9999), "01": ("month", r"\d\d", 1, 12), "1": ("month", _ONE_OR_TWO, 1, 12),
    "02": ("day", r"\d\d", 0, 99), "2": ("day", _ONE_OR_TWO, 0, 99), "_2": ("day", r"(?: ?\d|\d\d)(?!\d)|\d\d", 0, 99),
    "002": ("of_year", r"\d{3}", 1, 366), "__2": ("of_year", r"  \d| \d\d|\d{3}", 1, 366), "15": ("hour", _ONE_OR_TWO, 0, 23),
    "03": ("hour", r"\d\d", 0, 12), "3": ("hour", _ONE_OR_TWO, 0, 12), "04": ("minute", r"\d\d", 0, 59),
    "4": ("minute", _ONE_OR_TWO, 0, 59), "05": ("second", r"\d\d", 0, 59), "5": ("second", _ONE_OR_TWO, 0, 59),
}  # fmt: skip


def _short_year(parts: _PartsOfTime) -> None:
    found = parts.number(r"\d\d")
    parts.year = found + (1900 if found >= 69 else 2000)


def _half_of_day(words: tuple[str, str]) -> Callable[[_PartsOfTime], None]:
    def take(parts: _PartsOfTime) -> None:
        if parts.rest[:2] not in words:
            raise _Misfit
        parts.afternoon = parts.rest[0] in "pP"
        parts.rest = parts.rest[2:]

    return take


def _month(letters: int | None) -> Callable[[_PartsOfTime], None]:
    def take(parts: _PartsOfTime) -> None:
        parts.month = parts.name(_MONTHS, letters)

    return take


def _week_day(letters: int | None) -> Callable[[_PartsOfTime], None]:
    def take(parts: _PartsOfTime) -> None:
        parts.name(_DAYS, letters)

    return take


def _zone_name(parts: _PartsOfTime) -> None:
    if parts.rest.startswith("UTC"):
        parts.rest, parts.offset = parts.rest[3:], 0
        return
    match = re.match(
        r"ChST|MeST|GMT(?:[+-]\d{1,2})?|[+-]\d\d|[A-Z]{5}(?<=T)|[A-Z]{3}[T](?![A-Z])|WITA|[A-Z]{3}(?![A-Z])",
        parts.rest,
        re.ASCII,
    )
    if match is None:
        raise _Misfit
    parts.rest, parts.zone_name = parts.rest[match.end() :], match[0]


_READERS: dict[str, Callable[[_PartsOfTime], None]] = {
    "06": _short_year, "PM": _half_of_day(("AM", "PM")), "pm": _half_of_day(("am", "pm")), "January": _month(None),
    "Jan": _month(3), "Monday": _week_day(None), "Mon": _week_day(3), "MST": _zone_name,
}  # fmt: skip


def _fraction(word: str, parts: _PartsOfTime) -> None:
    if word[1] == "0":
        digits = parts.take(rf"[.,]\d{{{len(word) - 1}}}")[0][1:]
    else:
        digits = parts.take(r"(?:[.,]\d+)?")[0][1:]
    parts.nanoseconds = int(digits.ljust(9, "0")[:9])


def _numeric_zone(word: str, parts: _PartsOfTime) -> None:
    if word[0] == "Z" and parts.rest.startswith("Z"):
        parts.rest, parts.offset = parts.rest[1:], 0
        return
    colon = ":" if ":" in word else ""
    pattern = r"([+-])(\d\d)" + "".join(
        colon + r"(\d\d)" for _ in range(sum(letter.isdigit() for letter in word) // 2 - 1)
    )
    sign, hours, *others = parts.take(pattern).groups()
    minutes, seconds = ([int(other) for other in others] + [0, 0])[:2]
    if int(hours) > 24 or minutes > 60 or seconds > 60:
        raise _Misfit
    parts.offset = (-1 if sign == "-" else 1) * (int(hours) * 3600 + minutes * 60 + seconds)


def _time(parts: _PartsOfTime) -> Moment:
    """The time of what was read; raises _Misfit where there is no such day."""
    hour = parts.hour
    if parts.afternoon is not None:
        hour = hour + 12 if parts.afternoon and hour < 12 else 0 if not parts.afternoon and hour == 12 else hour
    days = days_of(parts.year, parts.month or 1, parts.day or 1)
    if parts.of_year:
        days = days_of(parts.year, 1, 1) + parts.of_year - 1
        year, month, day = date_of(days)
        if year != parts.year or parts.month not in (0, month) or parts.day not in (0, day):
            raise _Misfit
    elif date_of(days) != (parts.year, parts.month or 1, parts.day or 1):
        raise _Misfit
    seconds = days * _DAY + hour * 3600 + parts.minute * 60 + parts.second
    if parts.offset is not None:
        zone = Zone(parts.zone_name, parts.offset) if parts.offset else UTC
        return seconds - parts.offset, parts.nanoseconds, zone
    if parts.zone_name:
        hours = parts.zone_name[3:] if parts.zone_name.startswith("GMT") else ""
        offset = int(hours) * 3600 if hours else 0
        # Go does not know where such a zone lies: the clock is taken for UTC's, and shown with the offset.
        return seconds, parts.nanoseconds, Zone(parts.zone_name, offset)
    return seconds, parts.nanoseconds, UTC
