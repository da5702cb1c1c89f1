"""Helm charts rendered in pure Python, as `helm template` does; every value knows the template and the values that wrote it.

unit = build(tree, "charts/web", ChartOptions(values_files=("charts/web/ci/prod-values.yaml",)))
unit.objects        # each with `value`, `origin(path)`, `template` (the name that Helm prints), `hook` (Hook or None)
unit.problems       # what Helm refuses, at its line; `rule` is one of refusal.py
unit.unknown        # dependencies that are not there
unit.facts          # ChartFacts for the rules of charts: chart, values, places, templates, engine, manifests
unit.text           # what `helm template` prints
"""

from __future__ import annotations

from kubetrial.lint.build.chart.rendering import (
    ChartFacts,
    ChartOptions,
    ChartUnit,
    GivenFile,
    build,
    charts,
    ci_values,
)

__all__ = ["ChartFacts", "ChartOptions", "ChartUnit", "GivenFile", "build", "charts", "ci_values"]
