"""A ttlSecondsAfterFinished that deletes Jobs before the history of the CronJob fills.

The history limits keep the last Jobs, the TTL deletes each a fixed time after its end. Where the TTL is shorter than
the time between runs times the limit, the wished history is never there when somebody looks for it.

Leave ttlSecondsAfterFinished out of a CronJob's Jobs, or make it longer than the history takes.

See https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
"""

from __future__ import annotations

from datetime import datetime, timezone

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron

_FROM = datetime(2026, 1, 1, tzinfo=timezone.utc)


@rule(Category.ADVICE, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """History limits that are written, and a TTL that ends before; follows cleanupFinishedJobs and ttlafterfinished."""
    ttl = cronjob.job["ttlSecondsAfterFinished"]
    schedule = cronjob.spec.get("schedule")
    if not isinstance(ttl.value, int) or not isinstance(schedule, str) or cron.problem(schedule) is not None:
        return
    period = _period(schedule)
    if period is None:
        return
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        limit = cronjob.spec.get(field)
        if isinstance(limit, int) and limit > 1 and ttl.value < period * (limit - 1):
            yield ttl.found(
                f"a finished Job is deleted after {ttl.value} s, so the history of {limit} ({field}) is never there",
                consequence="kubectl get jobs shows fewer finished runs than are asked for, and their logs are gone",
                help="leave ttlSecondsAfterFinished out: the history limits delete old Jobs too",
                related=((field, cronjob.spec[field]),),
            )
            return


def _period(schedule: str) -> float | None:
    """Seconds between the first two runs of a year."""
    parsed = cron.parse(schedule)
    first = cron.next_after(parsed, _FROM)
    second = None if first is None else cron.next_after(parsed, first)
    return None if first is None or second is None else (second - first).total_seconds()
