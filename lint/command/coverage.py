"""`kubetrial check --coverage`: what of the templates of charts their values reach."""

from __future__ import annotations

import argparse

from kubetrial.lint.command import divided
from kubetrial.lint.files import discover
from kubetrial.lint.settings.config import Settings


def show(discovery: discover.Discovery, arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the coverage of the charts among the files, over all the values that a check would render them with."""
    from kubetrial.lint.command.exits import OK, UsageError

    charts = divided.charts(discovery, arguments, settings)
    if charts is None or not charts.built:
        raise UsageError("there is no chart here, and only templates have a coverage; name the folder of one")
    from kubetrial.lint.build.chart.coverage import FileCoverage, coverage
    from kubetrial.lint.report.coverage import render
    from kubetrial.lint.values.records import replace

    files: list[FileCoverage] = []
    for folder in dict.fromkeys(unit.path for unit in charts.built):
        facts = [unit.facts for unit in charts.built if unit.path == folder and unit.facts is not None]
        files.extend(replace(one, file=charts.shown(one.file)) for one in coverage(facts, charts.search.get(folder)))
    print(render(files, arguments.coverage), end="")
    return OK
