"""Lengths of time as people write them: `90s`, `2m`, `1h30m`, `7d`, or a number of seconds."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def seconds_of(text: str) -> float | None:
    """The seconds of a length of time; None for any other text."""
    if len(text) >= 60:
        return None
    if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]+)?", text):
        return float(text)
    parts = re.findall(r"([0-9]{1,15}(?:\.[0-9]+)?)(ms|[smhdw])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
