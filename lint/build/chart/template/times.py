"""Points in time as templates have them, with the methods of Go's time.Time: `now.Unix`, `(toDate "2006" "2021").AddDate 1 0 0`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.time_layouts import UTC, Zone, date_of, days_of, formatted
from kubetrial.lint.build.chart.template.values import GoDuration, Int64, NamedInt
from kubetrial.lint.values.records import dataclass

_DAY = 86400


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds since 1970 in UTC, nanoseconds behind them, and the zone in which they are shown."""

    seconds: int
    nanoseconds: int = 0
    zone: Zone = UTC
    go_type: ClassVar[str] = "time.Time"

    def shown(self, layout: str) -> str:
        """In a layout, such as `2006-01-02`."""
        return formatted(layout, (self.seconds, self.nanoseconds, self.zone))

    def later(self, nanoseconds: int) -> Time:
        """A time so much later, in the same zone."""
        more, rest = divmod(self.nanoseconds + nanoseconds, 10**9)
        return Time(self.seconds + more, rest, self.zone)

    def __str__(self) -> str:
        """As `%v` prints it."""
        return self.shown("2006-01-02 15:04:05.999999999 -0700 MST")

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """What a method of time.Time gives: Unix, Format, Year, AddDate, Before…; raises LookupError where there is none."""
        run = _METHODS[name]
        try:
            return run(self, *arguments)
        except TypeError:
            raise Failure(f"{name} does not take {len(arguments)} arguments") from None

    def for_json(self) -> str:
        """As JSON has it, in RFC 3339."""
        return self.shown("2006-01-02T15:04:05.999999999Z07:00")


ZERO = Time(days_of(1, 1, 1) * _DAY)
"""Go's zero time, the first day of the year 1."""


def _clock(when: Time) -> tuple[int, int]:
    """Days since 1970 and seconds of the day, in the time's own zone."""
    return divmod(when.seconds + when.zone.at(when.seconds)[1], _DAY)


def _add_date(when: Time, years: Any, months: Any, days: Any) -> Time:
    _whole(years, months, days)
    day, rest = _clock(when)
    year, month, of_month = date_of(day)
    more, month = divmod(month - 1 + months, 12)
    moved = days_of(year + years + more, month + 1, 1) + of_month - 1 + days
    return Time(moved * _DAY + rest - (day * _DAY + rest - when.seconds), when.nanoseconds, when.zone)


def _whole(*values: Any) -> None:
    if any(not isinstance(value, int) or isinstance(value, bool) or abs(value) > 10**7 for value in values):
        raise Failure("it takes whole numbers of a sensible size")


def _nanoseconds(when: Time) -> int:
    return when.seconds * 10**9 + when.nanoseconds


def _other(value: Any) -> int:
    if not isinstance(value, Time):
        raise Failure("it takes a time, such as that of `now` or `toDate`")
    return _nanoseconds(value)


def _sub(when: Time, other: Any) -> GoDuration:
    return GoDuration(max(min(_nanoseconds(when) - _other(other), 2**63 - 1), -(2**63)))


def _add(when: Time, duration: Any) -> Time:
    if not isinstance(duration, GoDuration):
        raise Failure("it takes a duration")
    return when.later(int(duration))


def _format(when: Time, layout: Any) -> str:
    if not isinstance(layout, str):
        raise Failure("it takes a layout, such as 2006-01-02")
    return when.shown(layout)


def _month(when: Time) -> NamedInt:
    return NamedInt.of(date_of(_clock(when)[0])[1], when.shown("January"), "time.Month")


def _week_day(when: Time) -> NamedInt:
    return NamedInt.of((_clock(when)[0] + 4) % 7, when.shown("Monday"), "time.Weekday")


_METHODS: dict[str, Callable[..., Any]] = {
    "Unix": lambda when: Int64(when.seconds),
    "UnixMilli": lambda when: Int64(_nanoseconds(when) // 10**6),
    "UnixMicro": lambda when: Int64(_nanoseconds(when) // 10**3),
    "UnixNano": lambda when: Int64(_nanoseconds(when)),
    "Year": lambda when: date_of(_clock(when)[0])[0],
    "Month": _month,
    "Day": lambda when: date_of(_clock(when)[0])[2],
    "YearDay": lambda when: int(when.shown("002")),
    "Weekday": _week_day,
    "Hour": lambda when: _clock(when)[1] // 3600,
    "Minute": lambda when: _clock(when)[1] // 60 % 60,
    "Second": lambda when: _clock(when)[1] % 60,
    "Nanosecond": lambda when: when.nanoseconds,
    "Format": _format,
    "String": str,
    "UTC": lambda when: Time(when.seconds, when.nanoseconds, UTC),
    "Local": lambda when: Time(when.seconds, when.nanoseconds, UTC),
    "IsZero": lambda when: (when.seconds, when.nanoseconds) == (ZERO.seconds, 0),
    "Add": _add,
    "AddDate": _add_date,
    "Sub": _sub,
    "Before": lambda when, other: _nanoseconds(when) < _other(other),
    "After": lambda when, other: _nanoseconds(when) > _other(other),
    "Equal": lambda when, other: _nanoseconds(when) == _other(other),
    "Compare": lambda when, other: (_nanoseconds(when) > _other(other)) - (_nanoseconds(when) < _other(other)),
}
"""By name, what each gives for a time and its arguments."""
