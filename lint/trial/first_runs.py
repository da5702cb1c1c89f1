"""How long a play has to be to show the first runs of the CronJobs in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_SECONDS = 40 * 86400.0
MOST_RUNS = 200
"""So many runs of all CronJobs together are played for the sake of one that comes due late."""
_AFTER = 600.0
"""What is shown after the last of them."""


def seconds(objects: Sequence[Mapping[str, Any]], start: float, least: float) -> float:
    """`least`, or as long as every CronJob needs for two runs, or for one, from a second since 1970 on; bounded as above."""
    schedules = [due for obj in objects if obj.get("kind") == "CronJob" if (due := _due(obj, start)) is not None]
    for runs in (2, 1):
        wanted = max((due[runs - 1] + _AFTER for due in schedules if len(due) >= runs), default=0.0)
        if least < wanted <= MOST_SECONDS and sum(_count(due, wanted) for due in schedules) <= MOST_RUNS:
            return wanted
    return least


def _count(due: Sequence[float], until: float) -> float:
    """About how many runs there are until a second, if they go on as they begin."""
    if due[0] > until:
        return 0.0
    return 1.0 + (until - due[0]) / max(due[1] - due[0], 60.0) if len(due) > 1 else 1.0


def _due(obj: Mapping[str, Any], start: float) -> tuple[float, ...] | None:
    """The seconds after the start at which a CronJob comes due for the first two times; None for one that is suspended or unreadable."""
    spec = obj.get("spec")
    if not isinstance(spec, Mapping) or spec.get("suspend") is True or not isinstance(spec.get("schedule"), str):
        return None
    return tuple(_times(spec, start)) or None


def _times(spec: Mapping[str, Any], start: float) -> Iterator[float]:
    from datetime import timezone, tzinfo
    from zoneinfo import ZoneInfo

    from kubetrial.lint.values import cron

    try:
        schedule = cron.parse(spec["schedule"])
        zone: tzinfo = ZoneInfo(spec["timeZone"]) if isinstance(spec.get("timeZone"), str) else timezone.utc
    except (ValueError, KeyError, OSError):
        return
    at: int | None = int(start)
    for _ in range(2):
        at = None if at is None else cron.next_second(schedule, at, zone)
        if at is not None:
            yield at - start
