"""A Job that is deleted the moment it is over.

With `ttlSecondsAfterFinished: 0` a finished Job goes with its pods within a second: logs and the reason of a failure
are lost, `kubectl wait`, Helm and Argo CD never see it complete, and GitOps makes it anew and runs it again. In a
CronJob it empties the history that `successfulJobsHistoryLimit` and `failedJobsHistoryLimit` promise.

Write the seconds after which nobody looks any more, 3600 or a day; in a CronJob leave it to the history limits.

See https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.RISKY, needs=("ttlSecondsAfterFinished",))
def check(job: JobSpec) -> Findings:
    """A time to live of 0."""
    if job.get("ttlSecondsAfterFinished") == 0:
        yield job["ttlSecondsAfterFinished"].found(
            "ttlSecondsAfterFinished 0 deletes this Job and its pods the moment it is over",
            consequence=(
                "logs and the reason of a failure are lost, and what waits for the Job to complete never sees it"
            ),
            help="write 3600 or more",
        )
