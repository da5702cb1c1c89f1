"""A Job that restarts its containers in place, and deletes their pod when it gives up.

With `restartPolicy: OnFailure` the restarts of all pods are added up against backoffLimit. When the sum reaches it,
the Job fails with `BackoffLimitExceeded` and its pods are deleted: the logs of the failure are gone. With `Never`
each attempt is a pod of its own, and the failed ones stay.

Write `restartPolicy: Never` where the logs are wanted, or send them elsewhere.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#handling-pod-and-container-failures
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.authoring import Category, CronJob, Findings, Found, Job, JobSpec, Play, Trial, rule

if TYPE_CHECKING:
    from kubetrial.lint.trial.scenario import Scenario


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Jobs, and Jobs of CronJobs, of which no pod is left when every attempt fails."""
    for job in trial.all(Job):
        if _deletes(job.view(JobSpec, "spec")):
            play = trial.play("failing", job, horizon=7200.0)
            if play.final(job).get("condition") == "Failed" and not play.timeline.final("pod", f"{job.name}/*"):
                yield _found(job, play)
    for cronjob in trial.all(CronJob):
        if _deletes(cronjob.job) and cronjob.spec.get("suspend") is not True:
            play = _first_run_failing(trial, cronjob)
            failed = [e for e in play.timeline.final("job") if e.detail.get("condition") == "Failed"]
            if failed and not play.timeline.final("pod", f"{failed[0].subject}/*"):
                yield _found(cronjob, play)


def _deletes(job: JobSpec) -> bool:
    return bool(job.pod.get("restartPolicy") == "OnFailure" and job.get("backoffLimit", 6) != 0)


def _found(workload: Job | CronJob, play: Play) -> Found:
    what = "the Job" if isinstance(workload, Job) else "a Job of"
    return workload.pod["restartPolicy"].found(
        f"when {what} {workload.name} fails, its pods are deleted, and their logs with them",
        consequence="after backoffLimit restarts: BackoffLimitExceeded, and no pod is left to look at",
        help="write restartPolicy: Never to keep the failed pods",
        trace=play.trace(play.events(workload)),
    )


def _first_run_failing(trial: Trial, cronjob: CronJob) -> Play:
    """What happens at the first run when every attempt fails; a Job that lives longer than an interval is of no interest."""

    def first_run_failing(objects: Sequence[Mapping[str, Any]]) -> Scenario:
        from kubetrial.lint.trial.plays import before_due
        from kubetrial.lint.trial.scenarios import failing
        from kubetrial.lint.values.records import replace

        scenario = failing(objects)
        return replace(scenario, start=before_due(cronjob, scenario.start))

    return trial.play(first_run_failing, cronjob, horizon=1800.0, assumes="every container exits 1 after a second")
