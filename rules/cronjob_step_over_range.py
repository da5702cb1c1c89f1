"""A step that is larger than the range of its field, so it matches only the first value.

A step counts within its field: `*/90` in the minutes is minute 0 of every hour and not every 90 minutes, and `*/36` in
the hours is midnight of every day.

List the times, or use `@every 90m`, which counts from the last run.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from collections.abc import Sequence

from kubetrial.lint.authoring import Category, CronJob, Findings, rule
from kubetrial.lint.values import cron
from kubetrial.lint.values.digits import whole

_FIELDS = (
    ("minute", 60, "the run starts once an hour"),
    ("hour", 24, "the run starts once a day"),
    ("day", 31, "the run starts on the first of each month"),
    ("month", 12, "the run starts in January only"),
    ("weekday", 7, "the run starts on Sundays only"),
)


@rule(Category.RISKY, needs=("schedule",))
def check(cronjob: CronJob) -> Findings:
    """Steps as large as their whole field; follows getRange of robfig/cron, which steps inside the field."""
    schedule = cronjob.spec.get("schedule")
    if not isinstance(schedule, str) or "/" not in schedule or cron.problem(schedule) is not None:
        return
    fields = schedule.split()
    if fields[0].startswith(("TZ=", "CRON_TZ=")):
        fields = fields[1:]
    if len(fields) != len(_FIELDS):
        return
    for number, (text, (unit, size, effect)) in enumerate(zip(fields, _FIELDS, strict=True)):
        start, _, step = text.partition("/")
        all_of_it = start in ("*", "?") or start.isdigit()  # `5/90` begins at 5 and goes to the end
        every = whole(step)
        first, dash, last = start.partition("-")
        begin, end = whole(first), whole(last)
        if every is not None and dash and begin is not None and end is not None and every > end - begin > 0:
            yield cronjob.spec["schedule"].found(
                f"`{text}` is the {unit} {first} alone: the step of {step} leaves the range {start} at once",
                consequence="the run starts at the first value of the range only",
                help=f"write {first}, or a step that fits into {start}",
            )
            continue
        if not all_of_it or every is None or every < size:
            continue
        if every == size and start in ("*", "?") and unit != "day" and _takes_all(fields[number + 1 :]):
            continue
        yield cronjob.spec["schedule"].found(
            f"`{text}` is not every {step} {unit}s: the step is over the range of its field",
            consequence=effect,
            help="list the times, or write @every with a duration such as @every 90m",
        )


def _takes_all(larger: Sequence[str]) -> bool:
    """Whether every larger field takes everything: `*/60` is then once an hour, which is every 60 minutes."""
    return all(field in ("*", "?", "*/1") for field in larger)
