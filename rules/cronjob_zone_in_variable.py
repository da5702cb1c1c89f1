"""A CronJob whose container has a variable TZ while the schedule has no time zone.

TZ changes the clock of the program. When the Job starts is decided by the CronJob controller, from `spec.timeZone`
alone; without it the schedule is in the zone of kube-controller-manager, which is UTC as a rule.

Write the zone in `spec.timeZone` too.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Cluster, CronJob, Findings, Node, rule, sure_target
from kubetrial.lint.objects.views import Container

_UTC = frozenset(("", "UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "UTC0", ":UTC"))


@rule(Category.ADVICE, needs=("env", "envFrom"))
def check(cronjob: CronJob, cluster: Cluster) -> Findings:
    """A variable TZ other than UTC and no timeZone; formatSchedule in pkg/controller/cronjob reads only the field."""
    schedule = cronjob.spec.get("schedule")
    if cronjob.spec.get("timeZone") or (isinstance(schedule, str) and "TZ=" in schedule):
        return
    for container in cronjob.pod.all_containers():
        for place, zone in _zones(container, cronjob, cluster):
            if isinstance(zone, str) and zone not in _UTC:
                yield place.found(
                    f"TZ={zone} sets the clock of the program, not the time at which {cronjob.name} starts",
                    consequence="the schedule is in the time zone of the controller manager, which is UTC as a rule",
                    help=f"write spec.timeZone: {zone}",
                    related=(("the schedule", cronjob.spec["schedule"]),),
                )
                return


def _zones(container: Container, cronjob: CronJob, cluster: Cluster) -> Iterator[tuple[Node, object]]:
    """(its place in the container, the value) of the variable TZ, also of one that comes from a ConfigMap."""
    own = [variable for variable in container["env"].items() if variable.get("name") == "TZ"]
    for variable in own:
        yield variable["value"], variable.get("value")
        source = variable["valueFrom"]["configMapKeyRef"]
        if source.present:
            yield source["key"], _data(cluster, cronjob, source).get(str(source.get("key")))
    if own:
        return  # env wins over envFrom
    for taken in container["envFrom"].items():
        if taken["configMapRef"].present and not taken.get("prefix"):
            yield taken["configMapRef"]["name"], _data(cluster, cronjob, taken["configMapRef"]).get("TZ")


def _data(cluster: Cluster, cronjob: CronJob, reference: Node) -> Mapping[str, Any]:
    """The data of the ConfigMap that a reference certainly means; empty where none does."""
    found = sure_target(cluster, cronjob, "ConfigMap", str(reference.get("name")))
    return found["data"].mapping() if found is not None else {}
