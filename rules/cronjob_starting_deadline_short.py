"""A startingDeadlineSeconds so short that runs are missed when the controller is late.

A due time that is older than startingDeadlineSeconds when the controller looks at it is left out (Warning
`MissSchedule`). The controller looks a moment after the due time; while it restarts, changes its leader or is busy,
seconds pass.

Write 60 or more, or what a late run is worth.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule


@rule(Category.ADVICE, needs=("startingDeadlineSeconds",))
def check(cronjob: CronJob, *, least: int = 10) -> Findings:
    """Above 0, where it never runs at all, and below `least`."""
    deadline = cronjob.spec.get("startingDeadlineSeconds")
    if isinstance(deadline, int) and 0 < deadline < least:
        yield cronjob.spec["startingDeadlineSeconds"].found(
            f"a run that starts {deadline} s late is left out",
            consequence="when the controller restarts or is busy, runs are missed with a Warning event MissSchedule",
            help=f"write {least} or more",
        )
