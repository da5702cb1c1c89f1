"""All functions that templates may call, but those that need the engine (include, tpl, toYaml, and, or)."""

from __future__ import annotations

from kubetrial.lint.build.chart.template import builtin, sprig_data, sprig_rest, sprig_text
from kubetrial.lint.build.chart.template.registry import FUNCTIONS, call

MODULES = (builtin, sprig_text, sprig_data, sprig_rest)

__all__ = ["FUNCTIONS", "MODULES", "call"]
