"""A startingDeadlineSeconds with which no Job is ever started.

The controller looks for a scheduled time between now minus startingDeadlineSeconds and now. With 0 there is none. With
`@every D` the next time is counted from the beginning of that window, so a deadline below D never reaches one either. Both are
accepted, and no event is emitted.

Remove the field, or write 200 or more (with `@every D`, more than D).

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.objects.schedules import interval


@rule(Category.BROKEN, needs=("startingDeadlineSeconds",))
def check(cronjob: CronJob) -> Findings:
    """Zero, or less than the interval of `@every`."""
    deadline = cronjob.spec.get("startingDeadlineSeconds")
    if not isinstance(deadline, int) or deadline < 0:
        return
    node = cronjob.spec["startingDeadlineSeconds"]
    nothing = "every slot is past its deadline when it is examined; no Job is started and no event is emitted"
    if deadline == 0:
        yield node.found(
            "startingDeadlineSeconds 0 means that this CronJob never starts a Job",
            consequence=nothing,
            help="remove the field, or write 200 or more",
        )
        return
    every = interval(cronjob.spec.get("schedule", ""))
    if every and deadline < every:
        yield node.found(
            f"startingDeadlineSeconds {deadline} is less than the interval of the schedule ({every} s), so no Job is ever started",
            consequence=nothing,
            help=f"write more than {every}, or a schedule in five fields",
        )
