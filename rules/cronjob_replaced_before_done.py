"""A CronJob with Replace whose Jobs may take longer than the time between two runs.

With `concurrencyPolicy: Replace` each due time deletes the Job that still runs and starts a new one. A run that takes
longer than the interval is never finished, every run after it neither, and no Warning event says so.

Give the Jobs an activeDeadlineSeconds below the interval, use Forbid, or run less often.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.authoring import Category, CronJob, Findings, Trial, rule

if TYPE_CHECKING:
    from kubetrial.lint.trial.scenario import Scenario

_LONGEST = 6 * 3600.0


@rule(Category.RISKY, needs=("schedule",))
def check(trial: Trial) -> Findings:
    """Jobs that use the time which their deadline gives them, and are replaced before it is over."""
    for cronjob in trial.all(CronJob):
        deadline = cronjob.job.get("activeDeadlineSeconds")
        spec = cronjob.spec
        if spec.get("concurrencyPolicy") != "Replace" or not isinstance(deadline, int) or spec.get("suspend") is True:
            continue
        horizon = _horizon(cronjob, deadline)

        def as_long_as_allowed(objects: Sequence[Mapping[str, Any]], seconds: float = deadline * 0.9) -> Scenario:
            from kubetrial.lint.trial.scenario import Scenario, Script, WorkloadScript

            return Scenario("as-long-as-allowed", {"*": WorkloadScript({"*": Script((seconds,))})})

        assumes = f"each run takes {deadline * 0.9:.0f} s, within its activeDeadlineSeconds"
        play = trial.play(as_long_as_allowed, cronjob, horizon=horizon, assumes=assumes)
        name = cronjob.name
        if play.timeline.count("job", "created", f"{name}/run-*") < 2:
            continue
        if play.timeline.count("job", "complete", f"{name}/run-*"):
            continue
        yield spec["concurrencyPolicy"].found(
            f"a run that takes most of the {deadline} s of its deadline is replaced before it ends, and so is "
            "every one after it",
            consequence=(
                "the Job is deleted and started again at each due time and never completes; no Warning event says so"
            ),
            help="write an activeDeadlineSeconds below the time between two runs, or concurrencyPolicy: Forbid",
            related=(("the deadline", cronjob.job["activeDeadlineSeconds"]), ("the schedule", spec["schedule"])),
            trace=play.trace([e for e in play.events(cronjob) if e.kind == "job"][:5]),
        )


def _horizon(cronjob: CronJob, deadline: int) -> float:
    """Long enough for a few runs that take their time; where they come late, for two and what the second one takes."""
    from kubetrial.lint.trial import first_runs
    from kubetrial.lint.trial.scenario import EPOCH

    least = min(4.0 * deadline + 60, _LONGEST)
    longer = first_runs.seconds([cronjob.value], EPOCH.timestamp(), least)
    return longer if longer == least else longer + min(float(deadline), first_runs.MOST_SECONDS)
