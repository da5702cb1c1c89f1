"""A value that a template prints as it is, and that values.yaml lacks.

Who reads values.yaml does not know that there is such a value. With the chart's own values the template prints nothing there: a name
ends with a dash, a field is null, or, where more is read below it, `helm install` stops with a nil pointer.

Write it into values.yaml, empty where everybody has to say something else, or put a value in its place:
`{{ .Values.name | default "web" }}`.

See https://helm.sh/docs/chart_best_practices/values/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Chart, Findings, rule

_PUTS_SOMETHING = frozenset(
    (
        "default", "coalesce", "ternary", "or", "and", "empty", "dig", "hasKey", "get", "required", "fail", "kindIs", "typeIs",
        "include", "tpl",
    )
)  # fmt: skip


@rule(Category.ADVICE)
def check(chart: Chart) -> Findings:
    """Find actions that run with the chart's own values and print one that is not there."""
    if chart.unit.variant or chart.facts.chart.is_library or chart.facts.chart.values is None:
        return
    for source, site in chart.actions():
        if site.word or _PUTS_SOMETHING.intersection(site.functions):
            continue
        if (site.file, site.at) not in chart.facts.engine.executed:
            continue  # it stands behind a test that asks for the value, or for another one
        for names in site.fields:
            path = names[1:]
            if names[0] != "Values" or not path or path[0] == "global" or not _is_missing(chart.facts.values, path):
                continue
            end = source.text.find("}}", site.at)
            yield chart.at_text(source, site.at, end + 2 if end >= 0 else site.at + 2).found(
                f"values.yaml has no `{'.'.join(path)}`, and nothing is put in its place",
                consequence="with the chart's own values nothing is printed here, or the rendering stops",
                help="write it into values.yaml, or put `| default` and a value behind it",
            )


def _is_missing(values: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    held: Any = values
    for key in path:
        if not isinstance(held, Mapping):
            return held is None
        if key not in held:
            return True
        held = held[key]
    return False
