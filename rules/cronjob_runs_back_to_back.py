"""A CronJob with Forbid whose late runs start off schedule, one right after the other.

With `concurrencyPolicy: Forbid` and no startingDeadlineSeconds (or a long one), a due time that finds the last Job
still running is not dropped: it is made up for the moment that Job ends. Jobs that take longer than the interval run
without a pause, and at other times than the schedule says. Resuming a suspended CronJob starts the newest missed run
at once, too.

Write a startingDeadlineSeconds below the time that a run may be late.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, Trial, rule


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Jobs that may take longer than the interval, and a due time that is made up for."""
    for cronjob in trial.all(CronJob):
        spec, deadline = cronjob.spec, cronjob.job.get("activeDeadlineSeconds")
        if spec.get("concurrencyPolicy") != "Forbid" or not isinstance(deadline, int) or spec.get("suspend") is True:
            continue
        play = trial.play("hanging", cronjob, horizon=min(3.0 * deadline + 120, 6 * 3600.0))
        starts = play.timeline.find("job", "created", f"{cronjob.name}/run-*")
        late = [one for one in starts[1:] if one.time % 60 > 0.5]  # on time is 0.1 s after the full minute
        if len(starts) < 2 or not late or not play.timeline.find("cronjob", "JobAlreadyActive", cronjob.name):
            continue
        yield spec["concurrencyPolicy"].found(
            f"a run that takes up to its {deadline} s is followed at once by the one that it held up, off schedule",
            consequence="long runs follow one another without a pause, at times that the schedule does not name",
            help="write a startingDeadlineSeconds of a minute or less, or an activeDeadlineSeconds below the interval",
            related=(("the deadline", cronjob.job["activeDeadlineSeconds"]),),
            trace=play.trace([e for e in play.events(cronjob) if e.kind in ("job", "cronjob")][:7]),
        )
