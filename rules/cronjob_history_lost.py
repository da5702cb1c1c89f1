"""A CronJob that keeps no trace of its failures, or keeps far too many finished Jobs.

With `failedJobsHistoryLimit: 0` a failed Job and its pods are removed within a second: neither logs nor status are left to see
why. Limits in the hundreds fill etcd with Jobs and pods that nobody reads.

Keep at least one failed Job, and tens at the most.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#jobs-history-limits
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule


@rule(Category.RISKY, needs=("failedJobsHistoryLimit", "successfulJobsHistoryLimit"))
def check(cronjob: CronJob, *, most: int = 100) -> Findings:
    """A failed history of 0, or a history above `most`."""
    if cronjob.spec.get("failedJobsHistoryLimit") == 0:
        yield cronjob.spec["failedJobsHistoryLimit"].found(
            "failedJobsHistoryLimit 0 removes every failed Job at once",
            consequence="its pods and logs are gone before anybody can see why it failed",
            help="write 1 or more",
        )
    for name in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        limit = cronjob.spec.get(name)
        if isinstance(limit, int) and limit > most:
            yield cronjob.spec[name].found(
                f"{name} {limit} keeps that many finished Jobs and their pods",
                consequence="objects pile up in etcd and slow the controllers and every list of pods down",
                help="write 10 or less, and send logs and metrics elsewhere",
            )
