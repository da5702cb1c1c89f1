"""A Job that restarts its containers in place, and deletes their pod when it gives up.

With `restartPolicy: OnFailure` the restarts of all pods are added up against backoffLimit. When the sum reaches it,
the Job fails with `BackoffLimitExceeded` and its pods are deleted: the logs of the failure are gone. With `Never`
each attempt is a pod of its own, and the failed ones stay.

Write `restartPolicy: Never` where the logs are wanted, or send them elsewhere.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#handling-pod-and-container-failures
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Job, Trial, rule


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Jobs of which no pod is left when every attempt fails."""
    for job in trial.all(Job):
        if job.pod.get("restartPolicy") != "OnFailure" or not job.spec.get("backoffLimit"):
            continue
        play = trial.play("failing", job, horizon=7200.0)
        if play.final(job).get("condition") != "Failed" or play.timeline.final("pod", f"{job.name}/*"):
            continue
        yield job.pod["restartPolicy"].found(
            f"when the Job {job.name} fails, its pods are deleted, and their logs with them",
            consequence="after backoffLimit restarts: BackoffLimitExceeded, and no pod is left to look at",
            help="write restartPolicy: Never to keep the failed pods",
            trace=play.trace(play.events(job)),
        )
