"""All functions that templates may call, but those that need the engine (include, tpl, toYaml, and, or)."""

from __future__ import annotations

from kubetrial.lint.build.chart.template import (
    builtin,
    sprig_data,
    sprig_dates,
    sprig_paths,
    sprig_random,
    sprig_rest,
    sprig_text,
)
from kubetrial.lint.build.chart.template.registry import FUNCTIONS, call, refuse_nil_map

MODULES = (builtin, sprig_text, sprig_data, sprig_rest, sprig_dates, sprig_paths, sprig_random)

HELM_4 = frozenset(
    ["mustToToml", "mustToYaml", "mustToDuration", "durationRoundTo", "durationTruncateTo"]
    + [
        f"duration{unit}"
        for unit in ("Days", "Hours", "Microseconds", "Milliseconds", "Minutes", "Nanoseconds", "Seconds", "Weeks")
    ]
)
"""What Helm 3 does not have."""

__all__ = ["FUNCTIONS", "HELM_4", "MODULES", "call", "refuse_nil_map"]
