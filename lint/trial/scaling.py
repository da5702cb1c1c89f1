"""How far an autoscaler goes in one step: its bounds, its stabilization, and how many pods it may add or take at once.

Follows normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors and what they call in pkg/controller/podautoscaler, and
SetDefaults_HorizontalPodAutoscaler. What a scenario says of the load is how many pods the metrics ask for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values.records import dataclass, field

TOLERANCE = 0.1
"""By so much the load may differ from what the pods are for before anything is done."""
DOWN_WINDOW = 300
"""For so many seconds the highest recommendation counts before pods are taken away."""
_LONGEST = 3600
"""The longest window that the server takes."""
_RULES: dict[str, dict[str, Any]] = {
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [
            {"type": "Pods", "value": 4, "periodSeconds": 15},
            {"type": "Percent", "value": 100, "periodSeconds": 15},
        ],
    },
    "scaleDown": {
        "stabilizationWindowSeconds": DOWN_WINDOW,
        "selectPolicy": "Max",
        "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
    },
}


@dataclass(slots=True)
class Past:
    """What an autoscaler remembers: (time, recommended size) and (time, pods added, or taken as a negative number)."""

    recommended: list[tuple[float, int]] = field(default_factory=list)
    changed: list[tuple[float, int]] = field(default_factory=list)


@dataclass(slots=True)
class Loads:
    """What the scenario says of the load: (kind, namespace, name) -> pods that the metrics ask for; and what autoscalers remember."""

    wanted: dict[tuple[str, str, str], int] = field(default_factory=dict)
    past: dict[int, Past] = field(default_factory=dict)


def next_size(spec: Mapping[str, Any], current: int, load: int, past: Past, now: float) -> tuple[int, str]:
    """(how many pods there are to be, what held it back or "") for a load; remembers the recommendation.

    `spec` is that of an autoscaler whose target lies within its bounds.
    """
    desired = current if current and abs(load / current - 1.0) <= TOLERANCE else load
    behavior = spec.get("behavior")
    up, down = (_rules(behavior, name) for name in ("scaleUp", "scaleDown"))
    if behavior is None:  # stabilizeRecommendation: a load that has gone by still makes it grow
        recommended = _highest(desired, DOWN_WINDOW, past, now)
    else:
        recommended = _stabilized(
            current, desired, up["stabilizationWindowSeconds"], down["stabilizationWindowSeconds"], past, now
        )
    past.recommended = [one for one in past.recommended if one[0] > now - _LONGEST] + [(now, desired)]
    past.changed = [one for one in past.changed if one[0] > now - _LONGEST]
    least, most = int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])
    if recommended > current:
        limit = max(2 * current, 4) if behavior is None else max(current, _limit(up, current, past, now, rising=True))
        size = min(recommended, limit, most)
        held = "ScaleUpLimit" if limit < most else "TooManyReplicas"
    elif recommended < current:
        limit = 0 if behavior is None else min(current, _limit(down, current, past, now, rising=False))
        size = max(recommended, limit, least)
        held = "ScaleDownLimit" if limit > least else "TooFewReplicas"
    else:
        return (
            current,
            "" if desired == current else "ScaleUpStabilized" if desired > current else "ScaleDownStabilized",
        )
    return size, held if size != recommended else ""


def _rules(behavior: Any, name: str) -> dict[str, Any]:
    """The rules of one direction, with what the server fills in."""
    written = behavior.get(name) if isinstance(behavior, Mapping) else None
    given = {key: value for key, value in (written or {}).items() if value is not None}
    return {**_RULES[name], **given}


def _stabilized(current: int, desired: int, up: float, down: float, past: Past, now: float) -> int:
    """The current size, brought within the lowest and highest recommendations of the two windows."""
    lowest = min([desired, *(size for at, size in past.recommended if at > now - up)])
    return min(max(current, lowest), _highest(desired, down, past, now))


def _highest(desired: int, window: float, past: Past, now: float) -> int:
    """The highest recommendation of a window."""
    return max([desired, *(size for at, size in past.recommended if at > now - window)])


def _limit(rules: Mapping[str, Any], current: int, past: Past, now: float, *, rising: bool) -> int:
    """How many pods the policies allow at most, or at least where pods are taken away."""
    if rules["selectPolicy"] == "Disabled":
        return current
    allowed = []
    for policy in rules["policies"]:
        changed = sum(change for at, change in past.changed if at > now - policy["periodSeconds"])
        before, value = current - changed, policy["value"]
        if policy["type"] == "Pods":
            allowed.append(before + value if rising else before - value)
        else:
            share = value / 100
            allowed.append(math.ceil(before * (1 + share)) if rising else int(before * (1 - share)))
    most = (rules["selectPolicy"] == "Min") is not rising
    return (max if most else min)(allowed, default=current)
