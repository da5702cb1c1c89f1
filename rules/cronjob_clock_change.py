"""A run in an hour that daylight saving time leaves out or repeats.

In a time zone with daylight saving time, local times between 2 and 3 o'clock (elsewhere: around midnight) do not
exist on one day in spring, and exist twice on one day in autumn. A schedule at such a time is skipped on the first
and runs twice on the second: a backup is missing, an invoice is sent again.

Choose a time outside of this hour, or leave `timeZone` out and write the time in UTC.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
"""

from __future__ import annotations

import datetime

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron

_UTC = datetime.timezone.utc
_FROM = datetime.datetime(2026, 1, 1, tzinfo=_UTC)
_DAY = datetime.timedelta(days=1)
_MOST_A_DAY = 4  # a schedule with more runs does not miss one


@rule(Category.RISKY, needs=("timeZone",))
def check(cronjob: CronJob) -> Findings:
    """Local times of the schedule that the clock of its zone skips or repeats in 2026."""
    schedule, name = cronjob.spec.get("schedule"), cronjob.spec.get("timeZone")
    if not isinstance(schedule, str) or not isinstance(name, str):
        return
    zone = zone_of(name)
    if zone is None:
        return
    try:
        parsed = cron.parse(schedule)
    except ValueError:
        return
    if parsed.every is not None or len(list(cron.runs_between(parsed, _FROM, _FROM + 8 * _DAY))) > 8 * _MOST_A_DAY:
        return
    said = []
    for moment, before, after in changes(zone):
        fixed = datetime.timezone(before)
        length = abs(after - before)
        first = moment if after > before else moment - length
        second = datetime.timedelta(seconds=1)
        for run in cron.runs_between(parsed, first - second, first + length - second, fixed):
            when = f"{run.astimezone(fixed):%Y-%m-%d %H:%M}"
            said.append(f"{when} is skipped" if after > before else f"{when} runs twice")
    if said:
        yield cronjob.spec["schedule"].found(
            f"`{schedule}` in {name} {' and '.join(_short(said))} when the clocks change",
            consequence="on these days the Job is not started, or started twice an hour apart",
            help="choose a time outside of the hour in which clocks change, or write it in UTC without timeZone",
            trace=tuple(said[:6]),
            related=(("the zone", cronjob.spec["timeZone"]),),
        )


def _short(said: list[str]) -> list[str]:
    return sorted({text.split(" ", 2)[2] for text in said})


def zone_of(name: str) -> datetime.tzinfo | None:
    """The zone of a name; None for one that is not known."""
    import zoneinfo

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def changes(zone: datetime.tzinfo) -> list[tuple[datetime.datetime, datetime.timedelta, datetime.timedelta]]:
    """(the moment in UTC, offset before, offset after) of each change of the clock in 2026."""
    found = []
    for number in range(365):
        day = _FROM + number * _DAY
        before, after = offset(zone, day), offset(zone, day + _DAY)
        if before != after:
            low, high = 0, 86400
            while high - low > 1:
                middle = (low + high) // 2
                if offset(zone, day + datetime.timedelta(seconds=middle)) == before:
                    low = middle
                else:
                    high = middle
            found.append((day + datetime.timedelta(seconds=high), before, after))
    return found


def offset(zone: datetime.tzinfo, moment: datetime.datetime) -> datetime.timedelta:
    """What the zone's clock is ahead of UTC at a moment."""
    return moment.astimezone(zone).utcoffset() or datetime.timedelta()
