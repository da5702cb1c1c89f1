"""How often a CronJob is due."""

from __future__ import annotations

from kubetrial.lint.values import cron


def interval(schedule: str) -> int:
    """The seconds of `@every D`; 0 for any other schedule."""
    if not schedule.strip().startswith("@every"):
        return 0
    try:
        parsed = cron.parse(schedule)
    except ValueError:
        return 0
    return int(getattr(parsed, "every", 0) or 0)
