"""A Job without a deadline, which waits for ever when its pod cannot start.

An image that cannot be pulled, a missing ConfigMap, a pod that finds no node or that admission refuses: none of these
is a failure. The pod stays Pending, `failed` stays 0 whatever backoffLimit says, and the Job is active until somebody
deletes it.

Set `activeDeadlineSeconds` to the longest time that the whole Job may take.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Job, Trial, rule


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Jobs that are still active a day after their image could not be pulled; CronJobs are judged by their policy."""
    for job in trial.all(Job):
        if job.spec.get("activeDeadlineSeconds") is not None or job.spec.get("suspend") is True:
            continue
        play = trial.play("no-image", job, horizon=86400.0)
        final = play.final(job)
        if final.get("condition") == "none" and final.get("active"):
            yield job.spec.found(
                f"the Job {job.name} never fails when its pod cannot start: it has no activeDeadlineSeconds",
                key=True,
                consequence="it stays active for ever, and what waits for it (a hook, a pipeline) waits too",
                help="set activeDeadlineSeconds to the longest time that the whole Job may take",
                trace=(*play.trace(play.events(job)), f"t=86400 s  job {job.name} still active, failed: 0"),
            )
