"""A minute `*` beside restricted hours: the Job starts 60 times in each of them.

All fields of a schedule must match. `* 3 * * *` is not "at three": the minute field takes every minute, so a Job starts
at 3:00, 3:01, and so on to 3:59.

Write the minute, such as `0 3 * * *`; where every minute is meant, write `0-59`, which says so.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron


@rule(Category.RISKY, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """Minutes that are all taken, with single hours, a step of hours or a single day; spans such as 9-17 are meant so."""
    schedule = cronjob.spec.get("schedule")
    if not isinstance(schedule, str) or cron.problem(schedule) is not None:
        return
    fields = schedule.split()
    if fields and fields[0].startswith(("TZ=", "CRON_TZ=")):
        fields = fields[1:]
    if len(fields) != 5 or fields[0] not in ("*", "?", "*/1", "?/1", "0/1"):
        return
    hours = fields[1]
    if hours in ("*", "?", "*/1"):
        yield from _every_minute_of_a_day(cronjob, schedule, fields)
        return
    if hours == "0-23" or ("-" in hours and "/" not in hours):
        return
    yield cronjob.spec["schedule"].found(
        f"`{schedule}` runs every minute of the hours `{hours}`, not once in each",
        consequence="60 Jobs start in each of these hours",
        help=f"write `{' '.join(['0', *fields[1:]])}`, or `0-59` for the minutes where every minute is meant",
    )


def _every_minute_of_a_day(cronjob: CronJob, schedule: str, fields: list[str]) -> Findings:
    """Minutes and hours that are all taken on one day of the month or week."""
    days = [field for field in (fields[2], fields[4]) if field not in ("*", "?")]
    if len(days) != 1 or not days[0].isalnum():
        return
    yield cronjob.spec["schedule"].found(
        f"`{schedule}` runs every minute of that day, not once",
        consequence="1440 Jobs start on that day, one in each minute",
        help=f"write `{' '.join(['0', '0', *fields[2:]])}`, or `0-59` for the minutes where every minute is meant",
    )
