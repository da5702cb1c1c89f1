"""A step that does not divide its range, so the gaps between runs differ.

`*/45 * * * *` does not run every 45 minutes: a step counts within its field, from the start of each hour again. It
runs at minute 0 and 45, so with gaps of 45 and 15 minutes; `*/61` runs once an hour.

Write a step that divides 60 (or 24 for hours), list the times, or use `@every 45m`, which counts from the last run.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron
from kubetrial.lint.values.digits import whole


@rule(Category.ADVICE, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """Steps over a whole field of minutes or hours that leave a shorter last gap."""
    schedule = cronjob.spec.get("schedule")
    if not isinstance(schedule, str) or "/" not in schedule or cron.problem(schedule) is not None:
        return
    for text, size, unit in zip(schedule.split(), (60, 24), ("minute", "hour"), strict=False):
        start, slash, written = text.partition("/")
        step = whole(written)
        if start not in ("*", "0") or not slash or step is None:
            continue
        if step > 1 and size % step:
            last = size - (size - 1) // step * step
            times = ", ".join(str(value) for value in range(0, size, step))
            yield cronjob.spec["schedule"].found(
                f"`{text}` is not every {step} {unit}s: it runs at {unit} {times}, and the last gap is {last} {unit}s",
                consequence="runs come at uneven intervals" if step < size else f"it runs once in {size} {unit}s",
                help=f"write a step that divides {size}, or @every {step}{unit[0]}",
            )
