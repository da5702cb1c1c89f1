"""An `@every` of less than a minute, which runs once a minute all the same.

A CronJob names its Jobs after the minute for which they are due. A second due time in the same minute finds the name
taken and is left out without an event: `@every 30s` starts one Job a minute at most.

Write `@every 1m` or `* * * * *`, or run a Deployment that loops.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.objects.schedules import interval


@rule(Category.BROKEN, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """`@every` with fewer than 60 seconds."""
    schedule = cronjob.spec.get("schedule")
    if not isinstance(schedule, str):
        return
    seconds = interval(schedule)
    if 0 < seconds < 60:
        yield cronjob.spec["schedule"].found(
            f"`{schedule}` starts a Job once a minute at most, not every {seconds} s",
            consequence="due times within the same minute are left out, without an event",
            help="write @every 1m, or run a Deployment that loops",
        )
