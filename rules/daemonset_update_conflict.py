"""A DaemonSet update whose limits contradict one another, or are no percentages.

A rolling update of a DaemonSet either takes pods away first (`maxUnavailable`, default 1) or adds new ones first
(`maxSurge`), never both: with `maxSurge` set, `maxUnavailable: 0` must be written. Both at 0 would never update
anything. Numbers are 0 or more, percentages at most 100%.

Write `maxUnavailable: 0` beside `maxSurge`, or remove `maxSurge`.

See https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DaemonSet, Findings, rule
from kubetrial.lint.objects.strategies import amount, is_zero


@rule(Category.REJECTED, needs=("updateStrategy",))
def check(daemonset: DaemonSet) -> Findings:
    """Follows ValidateRollingUpdateDaemonSet in pkg/apis/apps/validation; OnDelete is not looked at, as there."""
    strategy = (daemonset.value.get("spec") or {}).get("updateStrategy")
    if (
        not strategy
        or not strategy.get("rollingUpdate")
        or (strategy.get("type") or "RollingUpdate") != "RollingUpdate"
    ):
        return
    rolling = strategy["rollingUpdate"]
    node = daemonset.at("spec", "updateStrategy", "rollingUpdate")
    for field in ("maxUnavailable", "maxSurge"):
        yield from amount(node[field])
    unavailable, surge = not is_zero(rolling, "maxUnavailable", 1), not is_zero(rolling, "maxSurge", 0)
    if unavailable and surge:
        yield node["maxSurge"].found(
            "maxSurge can be set only with maxUnavailable: 0, whose default is 1",
            help="write maxUnavailable: 0, or remove maxSurge",
        )
    elif not unavailable and not surge:
        yield node["maxUnavailable"].found(
            "maxUnavailable and maxSurge are both 0, so no pod can be replaced", help="write maxUnavailable: 1"
        )
