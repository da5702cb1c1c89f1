"""Runs that may pile up: Allow, a short interval, and Jobs without a deadline.

`concurrencyPolicy: Allow` (the default) starts a new Job at every slot whatever the older ones do. When runs hang, cannot start
or find no room, their pods accumulate without a limit, until the cluster is full; the history limits only count finished Jobs.

Set `jobTemplate.spec.activeDeadlineSeconds`, or use `concurrencyPolicy: Forbid` together with it.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy
"""

from __future__ import annotations

import datetime

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron

_SHORT = datetime.timedelta(hours=1)
_START = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)


@rule(Category.RISKY, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """Allow, at least one slot an hour, and no deadline on the Jobs."""
    spec = cronjob.spec
    if spec.get("concurrencyPolicy") in ("Forbid", "Replace") or spec.get("suspend") is True:
        return
    schedule = spec.get("schedule")
    if not isinstance(schedule, str) or cronjob.job.get("activeDeadlineSeconds") is not None:
        return
    try:
        parsed = cron.parse(schedule)
    except ValueError:
        return
    first = cron.next_after(parsed, _START, datetime.timezone.utc)
    second = first and cron.next_after(parsed, first, datetime.timezone.utc)
    if first and second and second - first <= _SHORT:
        minutes = max(1, round((second - first).total_seconds() / 60))
        yield (spec["concurrencyPolicy"] if spec["concurrencyPolicy"].present else spec["schedule"]).found(
            f"a new Job starts every {minutes} min whether or not the last one has ended, and none has a deadline",
            consequence="when runs hang or cannot start, their pods pile up without a limit and fill the cluster",
            help="set jobTemplate.spec.activeDeadlineSeconds, or concurrencyPolicy: Forbid together with it",
        )
