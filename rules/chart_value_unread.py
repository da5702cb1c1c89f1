"""A value in values.yaml that no template of the chart reads.

Who installs the chart sets it and nothing happens. Often the template was taken out, or the name in the template or in the values file has
a slip of the pen.

Take the value out, or read it in a template: `{{ .Values.name }}`.

See https://helm.sh/docs/chart_best_practices/values/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Chart, Findings, nearest, rule

_COMMENT = re.compile(r"\{\{-?\s*/\*(?:(?!\{\{-?\s*/\*).)*?\*/\s*-?\}\}", re.S)
_READ = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)*)")
_INDEXED = re.compile(r'(?:index|get|dig)\s+(?:\(\s*)?\$?\.Values((?:\.[A-Za-z_]\w*)*)(?:\s*\))?((?:\s+"[^"]*")+)')
_TEXT = re.compile(r'"([^"]*)"')


@rule(Category.ADVICE)
def check(chart: Chart) -> Findings:
    """Find keys of values.yaml of which no template reads anything, nor reads what holds them."""
    if chart.unit.unknown or chart.facts.chart.is_library or chart.unit.variant:
        return
    reads = _reads(chart)
    if reads is None:
        return
    for path in _unread(chart.facts.chart.values, (), reads):
        origin = chart.facts.places.origin(path, "")
        if path[0] in _of_others(chart) or origin is None:
            continue
        names = {read[len(path) - 1] for read in reads if len(read) >= len(path) and read[: len(path) - 1] == path[:-1]}
        close = nearest(path[-1], sorted(names - set(_siblings(chart.facts.chart.values, path))))
        yield chart.at(origin).found(
            f"no template reads `{'.'.join(path)}`",
            consequence="who sets it changes nothing",
            help=f"templates read {close}; write that" if close else "take it out, or read it in a template",
            key=True,
        )


def _reads(chart: Chart) -> set[tuple[str, ...]] | None:
    """The paths that templates read; None where one takes all values at once."""
    found: set[tuple[str, ...]] = set()
    texts = [_COMMENT.sub("", source.text) for source in chart.facts.templates.values()]
    texts += [layer.file.source.text for layer in chart.facts.places.layers]
    for text in texts:
        for path, keys in _INDEXED.findall(text):
            found.add((*path.split(".")[1:], *_TEXT.findall(keys)))
        for path in _READ.findall(_INDEXED.sub("", text)):
            if not path:
                return None
            found.add(tuple(path.split(".")[1:]))
    return found


def _unread(
    values: Mapping[str, Any], above: tuple[str, ...], reads: set[tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """The outermost paths that no read meets."""
    for key, value in values.items():
        path = (*above, key)
        if any(read == path[: len(read)] for read in reads):
            continue
        if not any(read[: len(path)] == path for read in reads):
            yield path
        elif isinstance(value, dict):
            yield from _unread(value, path, reads)


def _of_others(chart: Chart) -> set[str]:
    """What is read elsewhere: by dependencies under their names, and by Helm itself."""
    conditions = {one.condition.split(".")[0] for one in chart.facts.chart.requirements}
    names = {one.name for one in chart.facts.chart.dependencies}
    called = {name for one in chart.facts.chart.requirements for name in (one.name, one.alias)}
    return {"global", "tags", "exports", *conditions, *names, *called}


def _siblings(values: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    held: Any = values
    for key in path[:-1]:
        held = held[key]
    return list(held)
