"""A schedule that Kubernetes does not read.

Five fields: minute, hour, day of month, month, day of week (0 to 6 or SUN to SAT; 7 is no Sunday), or one of @hourly,
@daily, @weekly, @monthly, @yearly and `@every 90m`. There are no seconds, no `L`, `W`, `#`, `H` and `@reboot`, and
ranges do not wrap around (`FRI-MON`). A time zone stands in `timeZone`, never in the schedule.

Write five fields in these forms.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, CronJob, Findings, rule
from kubetrial.lint.values import cron

_ZONE_REFUSED = 29
"""The first minor whose server refuses a time zone in the schedule; before, its parser took one."""


@rule(Category.REJECTED, needs=("schedule",))
def check(cronjob: CronJob, cluster: Cluster) -> Findings:
    """Follows validateScheduleFormat in pkg/apis/batch/validation."""
    spec = cronjob.value.get("spec") or {}
    schedule = spec.get("schedule")
    if schedule and cluster.minor < _ZONE_REFUSED and "TZ" in schedule:
        if spec.get("timeZone") is not None:
            yield cronjob["spec"]["schedule"].found(
                "the schedule names a time zone, and so does timeZone", help="take the zone out of the schedule"
            )
        if schedule.startswith(("TZ=", "CRON_TZ=")):
            zone, _, schedule = schedule.partition("=")[2].partition(" ")
            schedule = schedule.strip()
            if zone not in ("", "Local") and (problem := _zone_problem(zone)) is not None:
                yield cronjob["spec"]["schedule"].found(
                    f"the schedule names the time zone `{zone}`: {problem}",
                    help="write it into timeZone, as it is known",
                )
                return
    if schedule and (reason := cron.problem(schedule)) is not None:
        shown = schedule.replace("\n", "\\n").replace("\t", "\\t")
        yield cronjob["spec"]["schedule"].found(
            f"the schedule `{shown}` cannot be read: {reason}", help="write five fields: minute hour day month weekday"
        )


def _zone_problem(zone: str) -> str | None:
    from kubetrial.lint.values import zones

    return zones.problem(zone) if zones.exists("Europe/Berlin") else None  # a machine without any zones cannot tell
