"""values.schema.json: which values a chart's schema refuses, and where they were written.

Follows ValidateAgainstSchema of helm.sh/helm/v3/pkg/chartutil. Nothing is fetched: a `$ref` to another place is not followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kubetrial.lint.build.chart.load import Chart
from kubetrial.lint.build.chart.refusal import FIRST, VALUES
from kubetrial.lint.build.chart.values import Places
from kubetrial.lint.build.origin import Origin, Path, Problem, Unknown

MOST = 20
"""Mistakes told of one chart."""


def check(chart: Chart, values: Any, places: Places, at: Path = ()) -> Iterator[Problem | Unknown]:
    """What the schemas of a chart and of its dependencies say against the values."""
    if chart.schema is not None:
        yield from _against(chart, values, places, at)
    for each in chart.dependencies:
        held = values.get(each.name)
        if isinstance(held, dict):
            yield from check(each, held, places, (*at, each.name))


def _against(chart: Chart, values: Any, places: Places, at: Path) -> Iterator[Problem | Unknown]:
    import jsonschema
    import referencing.exceptions

    assert chart.schema is not None
    here = chart.schema.source().origin(FIRST, None, False)
    try:
        schema = json.loads(chart.schema.text().encode("utf-8", "replace"))
        schema = {} if schema is True else {"not": {}} if schema is False else schema
        if not isinstance(schema, dict):
            raise ValueError("a schema is an object")
        kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
        kind.check_schema(schema)
    except (ValueError, RecursionError) as error:
        yield Problem(VALUES, f"values.schema.json is no JSON: {error}", here)
        return
    except jsonschema.SchemaError as error:
        yield Problem(VALUES, f"values.schema.json is no schema: {error.message[:200]}", here)
        return
    try:
        for count, mistake in enumerate(kind(schema).iter_errors(values)):
            if count >= MOST:
                break
            yield _problem(mistake, places, at, here)
    except (referencing.exceptions.Unresolvable, RecursionError) as error:
        yield Unknown(f"values.schema.json refers to what is not in it ({str(error)[:100]})", here)


def _problem(error: Any, places: Places, at: Path, schema: Origin) -> Problem:
    path = (*at, *error.absolute_path)
    origin = places.origin(path)
    above = path
    while origin is None and above:
        above = above[:-1]
        origin = places.origin(above) if above else None
    name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")
    said = error.message if len(error.message) <= 200 else error.message[:197] + "..."
    where = f"`{name}`: " if name else ""
    return Problem(
        VALUES, f"{where}{said}", origin or schema, "the chart's values.schema.json says which values it takes"
    )
