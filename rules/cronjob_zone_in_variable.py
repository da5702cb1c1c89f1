"""A CronJob whose container has a variable TZ while the schedule has no time zone.

TZ changes the clock of the program. When the Job starts is decided by the CronJob controller, from `spec.timeZone`
alone; without it the schedule is in the zone of kube-controller-manager, which is UTC as a rule.

Write the zone in `spec.timeZone` too.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, rule

_UTC = frozenset(("", "UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "UTC0", ":UTC"))


@rule(Category.ADVICE)
def check(cronjob: CronJob) -> Findings:
    """A variable TZ other than UTC and no timeZone; formatSchedule in pkg/controller/cronjob reads only the field."""
    schedule = cronjob.spec.get("schedule")
    if cronjob.spec.get("timeZone") or (isinstance(schedule, str) and "TZ=" in schedule):
        return
    for container in cronjob.pod.all_containers():
        for variable in container["env"].items():
            zone = variable.get("value")
            if variable.get("name") == "TZ" and isinstance(zone, str) and zone not in _UTC:
                yield variable["value"].found(
                    f"TZ={zone} sets the clock of the program, not the time at which {cronjob.name} starts",
                    consequence="the schedule is in the time zone of the controller manager, which is UTC as a rule",
                    help=f"write spec.timeZone: {zone}",
                    related=(("the schedule", cronjob.spec["schedule"]),),
                )
                return
