"""A cron schedule as a function from a clock time to the next due one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Schedule = Callable[[float], "float | None"]
"""From seconds since 1970 to the next due moment after them, or None when there is none within five years."""


class UnknownZone(ValueError):
    """The time zone is not known."""


_MACROS = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}  # fmt: skip
_NAMES = [
    {}, {}, {},
    {n: i + 1 for i, n in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])},
    {n: i for i, n in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])},
]  # fmt: skip
_RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]


def parse(written: str, zone: str | None) -> Schedule:
    """Parse a schedule in a time zone (UTC when None). Raises UnknownZone or ValueError."""
    try:
        tz: datetime.tzinfo = datetime.timezone.utc if zone is None else ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise UnknownZone(f'invalid timeZone: "{zone}"') from wrong
    text = written.strip()
    fields = _MACROS.get(text, text).split()
    if len(fields) != 5:
        raise ValueError(f'unparseable schedule: "{written}"')
    sets = [_field(f, *_RANGES[i], _NAMES[i]) for i, f in enumerate(fields)]
    stars = [f[0] in "*?" and not f[1:].strip("/1") for f in fields]

    def day_matches(day: datetime.date) -> bool:
        dom, dow = day.day in sets[2], (day.weekday() + 1) % 7 in sets[4]
        return (dom and dow) if stars[2] or stars[4] else (dom or dow)

    def following(after: float) -> float | None:
        t = datetime.datetime.fromtimestamp(int(after // 60) * 60 + 60, tz)
        last = t.year + 5
        while t.year <= last:
            if t.month not in sets[3] or not day_matches(t.date()):
                t = datetime.datetime.combine(t.date() + datetime.timedelta(days=1), datetime.time(), tz)
            elif t.hour not in sets[1]:
                t = datetime.datetime.fromtimestamp((t.timestamp() // 60 + 60 - t.minute) * 60, tz)
            elif t.minute not in sets[0]:
                t = datetime.datetime.fromtimestamp(t.timestamp() + 60, tz)
            else:
                return t.timestamp()
        return None

    return following


def _field(text: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    out: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            a, dash, b = span.partition("-")
            first = names.get(a.lower(), -1) if not a.isdigit() else int(a)
            last = (names.get(b.lower(), -1) if not b.isdigit() else int(b)) if dash else (high if step else first)
        if first < low or last > high or first > last:
            raise ValueError(f"{part} is not in range")
        out.update(range(first, last + 1, int(step or 1)))
    return out
