"""A CronJob without startingDeadlineSeconds, which starts a missed run however late.

When the controller was down or the CronJob suspended, the last missed run is started as soon as it can be: the
nightly job runs at noon.

Write how late a run may start, for instance 300.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule


@rule(Category.ADVICE)
def check(cronjob: CronJob) -> Findings:
    """Find CronJobs without the field."""
    if cronjob.spec.present and cronjob.spec.get("startingDeadlineSeconds") is None:
        yield cronjob.spec["startingDeadlineSeconds"].found(
            "a run that was missed is started however late", help="write startingDeadlineSeconds, such as 300"
        )
