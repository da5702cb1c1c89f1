"""A time zone such as `Etc/GMT+8`, whose sign is inverted.

In the zone database the `Etc/GMT` zones count to the west: `Etc/GMT+8` is UTC-8 (Los Angeles in winter), and
`Etc/GMT-8` is UTC+8 (Singapore). With the wrong sign the runs start up to a day off.

Name a place, such as `Asia/Singapore`: it has no sign, and knows its summer time.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, CronJob, Findings, rule

_ETC = re.compile(r"Etc/GMT([+-])(\d{1,2})")


@rule(Category.ADVICE, needs=("timeZone",))
def check(cronjob: CronJob) -> Findings:
    """Zones of the file `etcetera` of the zone database with an offset."""
    zone = cronjob.spec.get("timeZone")
    match = _ETC.fullmatch(zone) if isinstance(zone, str) else None
    if match is None or match.group(2) in ("0", "00"):
        return
    real = "-" if match.group(1) == "+" else "+"
    yield cronjob.spec["timeZone"].found(
        f"{zone} is UTC{real}{match.group(2)}: the sign of these zones is inverted",
        consequence="runs start hours off if the other sign was meant",
        help="write the zone of a place, such as Asia/Singapore",
    )
