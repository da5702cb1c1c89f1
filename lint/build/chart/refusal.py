"""What Helm refuses, with the place where it shows."""

from __future__ import annotations

from kubetrial.lint.build.origin import BuildProblem, Origin
from kubetrial.lint.finding import Position, Range

INVALID = "chart-invalid"
"""Chart.yaml, requirements.yaml, .helmignore, an archive: what makes a chart no chart."""
VALUES = "chart-values-invalid"
"""Values that cannot be read, or that the chart's schema refuses."""
REQUIRED = "chart-value-required"
"""`required` and `fail`: the chart itself refuses these values."""
TEMPLATE = "chart-template-invalid"
"""A template that cannot be read or rendered."""
OUTPUT = "chart-output-invalid"
"""Rendered text that is no YAML or no object."""
VERSION = "chart-kube-version"
"""The chart's `kubeVersion` leaves out the version that is checked."""
MISSING = "chart-dependency-missing"
"""A dependency that Chart.yaml names and charts/ does not hold."""

FIRST = Range(Position(1, 1), Position(1, 2))
"""The place of what has no line: the beginning of the file."""


class HelmRefused(Exception):
    """What Helm refuses: the rule that says it, the words, and the place."""

    def __init__(self, message: str, origin: Origin, rule: str = INVALID, help: str = "") -> None:
        super().__init__(message)
        self.problem = BuildProblem(rule, message, origin, help)
