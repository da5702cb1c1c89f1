"""A CronJob that is resumed starts the run that it missed at once.

When `suspend` goes from true to false the controller looks for the newest time that was missed since the last run. With
no `startingDeadlineSeconds` it starts that one in the same moment, however old it is: a job for the night runs in
office hours.

Write `startingDeadlineSeconds` with the change: runs that are older are left out.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, CronJob, Findings, rule
from kubetrial.lint.values import cron
from kubetrial.lint.values.digits import whole

_OFTEN = 600.0
"""Seconds between two runs under which a run more or earlier is nothing that anybody notices."""


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Follows mostRecentScheduleTime in pkg/controller/cronjob: it counts from the last run, or from when the object was made."""
    for old, new in changes.of(CronJob):
        if old.spec.get("suspend") is not True or new.spec.get("suspend") is True:
            continue
        if new.spec.get("startingDeadlineSeconds") is not None or _is_frequent(new.spec.get("schedule")):
            continue
        yield (new.spec["suspend"] if new.spec["suspend"].present else new.spec["schedule"]).found(
            f"the CronJob {new.name} is resumed without startingDeadlineSeconds",
            key=True,
            consequence=(
                f"the last run that it missed while it was suspended starts at once, not at the next time of "
                f"{new.spec.get('schedule')}"
            ),
            help="write startingDeadlineSeconds, such as 600, so that older runs are left out",
        )


def _is_frequent(schedule: object) -> bool:
    """Whether the schedule names all hours and at least every tenth minute."""
    fields = str(schedule).split()
    try:
        cron.parse(str(schedule))
    except ValueError:
        return True
    if fields[0].startswith("@") or len(fields) != 5 or fields[1] != "*":
        return False
    step = whole(fields[0].partition("/")[2])
    return fields[0] == "*" or (step is not None and step * 60 <= _OFTEN)
