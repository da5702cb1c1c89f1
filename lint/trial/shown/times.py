"""Moments and durations of a trial in words."""

from __future__ import annotations

import datetime


def duration(seconds: float) -> str:
    """Seconds as Kubernetes writes durations: `2.2s`, `1m10s`, `1h`, `1d2h`."""
    tenths = round(seconds * 10)
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10}s" if tenths % 10 else f"{tenths // 10}s"
    rest, text = divmod(tenths, 10), ""
    whole, tenth = rest
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if whole >= size:
            text += f"{whole // size}{unit}"
            whole %= size
    if whole or tenth:
        text += f"{whole}.{tenth}s" if tenth else f"{whole}s"
    return text


def utc(second: float) -> datetime.datetime:
    """A clock time (seconds since 1970) in UTC."""
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=second)


def clock(second: float) -> str:
    """`Mon 2026-03-02 12:00`, with seconds where there are any."""
    moment = utc(second)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]  # whatever the locale says
    return f"{day} {moment:%Y-%m-%d %H:%M}" + (f":{moment:%S}" if moment.second else "")


def iso(second: float) -> str:
    """`2026-03-02T12:00:00Z`."""
    return f"{utc(second):%Y-%m-%dT%H:%M:%SZ}"


# --- JSON -------------------------------------------------------------------------------------------------------------
