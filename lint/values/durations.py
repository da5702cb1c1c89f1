"""Times as the API server's decoder reads them: RFC 3339, and with a fraction of exactly six digits for MicroTime."""

from __future__ import annotations

import calendar
import re

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)([.,]\d+)?(Z|[+-](\d\d):(\d\d))\Z", re.ASCII)


def time_problem(text: str) -> str | None:
    """Why a metav1.Time is refused, or None."""
    match = _TIME.match(text)
    if match is None:
        return "is no time such as 2026-01-31T08:00:00Z"
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(max(year, 1), month)[1] and hour < 24 and minute < 60 and second < 60):
        return "names a moment that does not exist"
    if match[9] and (int(match[9]) > 24 or int(match[10]) > 60):
        return "has a time zone that does not exist"
    return None


def micro_time_problem(text: str) -> str | None:
    """Why a metav1.MicroTime is refused, or None."""
    if "." not in text:
        return "needs a fraction of a second, such as 2026-01-31T08:00:00.000000Z"
    return time_problem(text)
