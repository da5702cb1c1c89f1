"""A schedule with both a day of the month and a day of the week, which runs on either.

`0 0 13 * 5` does not mean Friday the 13th: when both fields are restricted, a day matches when one of them does, so
it runs on every 13th and on every Friday. Only a field that begins with `*` or `?` (without a step above 1) leaves
the choice to the other one.

Restrict one of the two fields, and let the container look at the other.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron

_START = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)


@rule(Category.RISKY, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """Both fields are restricted, and each of them adds days of its own."""
    schedule = cronjob.spec.get("schedule")
    if not isinstance(schedule, str) or len(schedule.split()) != 5:
        return
    try:
        parsed = cron.parse(schedule)
    except ValueError:
        return
    if not parsed.either_day:
        return
    _, _, day, _, weekday = schedule.split()
    runs = list(first_runs(parsed, 5))
    yield cronjob.spec["schedule"].found(
        f"`{schedule}` runs on day {day} of the month and also on weekday {weekday}, not only where both hold",
        consequence="Jobs start on more days than the schedule seems to say",
        help="write * for one of the two fields, and let the container look at the other",
        trace=("the first runs of 2026:", *(f"{run:%a %Y-%m-%d %H:%M}" for run in runs)),
    )


def first_runs(schedule: cron.Schedule, count: int) -> Iterator[datetime.datetime]:
    """The first runs from the fifth of January 2026, a Monday, on; in UTC."""
    due: datetime.datetime | None = _START
    for _ in range(count):
        due = cron.next_after(schedule, due) if due is not None else None
        if due is not None:
            yield due
