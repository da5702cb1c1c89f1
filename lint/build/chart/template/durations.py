"""Durations as Go reads and prints them, in nanoseconds."""

from __future__ import annotations

import re

SECOND = 10**9
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_DURATION = re.compile(r"([0-9]{0,18})(?:\.([0-9]{0,18}))?(ns|us|µs|μs|ms|s|m|h)")


def parsed_duration(text: str) -> int | None:
    """Go's ParseDuration: 1h15m30.5s; None for what is none."""
    sign, bare = (-1 if text[:1] == "-" else 1), text[1:] if text[:1] in ("-", "+") else text
    if bare == "0":
        return 0
    total, place = 0, 0
    while place < len(bare):
        match = _DURATION.match(bare, place)
        if match is None or not (match[1] or match[2]):
            return None
        unit = _UNITS[match[3]]
        total += int(match[1] or 0) * unit + (int(match[2]) * unit // 10 ** len(match[2]) if match[2] else 0)
        place = match.end()
    return sign * total if bare and total < 2**63 else None


def printed_duration(nanoseconds: int) -> str:
    """A duration as Go prints it: 1h0m5s, 1.5s, 20ms."""
    sign, rest = ("-" if nanoseconds < 0 else ""), abs(nanoseconds)
    if rest < SECOND:
        for unit, size in (("ms", 10**6), ("µs", 10**3), ("ns", 1)):
            if rest >= size:
                return f"{sign}{_decimal(rest, size)}{unit}"
        return "0s"
    minutes, rest = divmod(rest, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{sign}{head}{_decimal(rest, SECOND)}s"


def _decimal(value: int, unit: int) -> str:
    whole, part = divmod(value, unit)
    digits = str(part).rjust(len(str(unit)) - 1, "0").rstrip("0") if part else ""
    return f"{whole}.{digits}" if digits else str(whole)
