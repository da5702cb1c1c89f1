"""A schedule that never comes.

The API server accepts any date, 31 February too. The controller finds no next time, emits a Warning event `InvalidSchedule`
and never starts a Job. Nothing else in the cluster shows it.

Write a date that exists; for the last day of a month run on days 28 to 31 and let the container look at the calendar.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron


@rule(Category.BROKEN, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """A schedule that parses and has no next time within the years that the controller looks ahead."""
    schedule = cronjob.spec.get("schedule")
    if not isinstance(schedule, str):
        return
    try:
        parsed = cron.parse(schedule)
    except ValueError:
        return  # refused by the API server; that is said elsewhere
    if cron.never_fires(parsed):
        yield cronjob.spec["schedule"].found(
            f"the schedule `{schedule}` names a date that never comes",
            consequence="no Job is ever started; the only trace is a Warning event InvalidSchedule",
            help="write a day that the month has",
        )
