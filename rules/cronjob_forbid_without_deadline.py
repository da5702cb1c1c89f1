"""A CronJob with Forbid whose Jobs may never end.

With `concurrencyPolicy: Forbid` a Job that does not finish stops the CronJob: a missing image or ConfigMap, a pod that finds no
node, or a container that hangs never counts as a failure. Every later slot is skipped with a Normal event `JobAlreadyActive`,
which nobody looks at.

Set `jobTemplate.spec.activeDeadlineSeconds` to the longest time that a run may take.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule


@rule(Category.RISKY, needs=("concurrencyPolicy",))
def check(cronjob: CronJob) -> Findings:
    """Forbid, and no deadline on the Jobs; one on their pods ends each try, and the tries are counted."""
    if cronjob.spec.get("concurrencyPolicy") != "Forbid" or cronjob.spec.get("suspend") is True:
        return
    bounded = cronjob.job.get("activeDeadlineSeconds") or cronjob.job["template"]["spec"].get("activeDeadlineSeconds")
    if bounded is None:
        yield cronjob.spec["concurrencyPolicy"].found(
            "one run that hangs stops this CronJob: Forbid, and its Jobs have no activeDeadlineSeconds",
            consequence="every later slot is skipped with a Normal event JobAlreadyActive until somebody deletes the Job",
            help="set jobTemplate.spec.activeDeadlineSeconds to the longest time that a run may take",
        )
