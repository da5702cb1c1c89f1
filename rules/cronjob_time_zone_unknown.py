"""A timeZone that Kubernetes does not know.

Names are those of the tz database, in their exact case: `Europe/Berlin`, never `europe/berlin`. Abbreviations such as
CEST or PST and offsets such as UTC+1 are no zones, and neither are `Local` and the empty text.

Write the name of a city's zone, which also follows daylight saving time; leave `timeZone` out for the controller's
own zone, mostly UTC.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule


@rule(Category.REJECTED, needs=("timeZone",))
def check(cronjob: CronJob) -> Findings:
    """Follows validateTimeZone in pkg/apis/batch/validation."""
    zone = (cronjob.value.get("spec") or {}).get("timeZone")
    if zone is None:
        return
    from kubetrial.lint.values import zones

    reason = zones.problem(zone)
    if reason is not None and zones.exists("Europe/Berlin"):  # a machine without any zones cannot tell
        close = zones.nearest_zone(zone)
        yield cronjob["spec"]["timeZone"].found(
            f"timeZone is `{zone}`: {reason}",
            help=f"write {close}" if close else "write a name such as Europe/Berlin",
        )
