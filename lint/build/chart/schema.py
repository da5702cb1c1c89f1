"""values.schema.json: which values a chart's schema refuses, and where they were written.

Follows ValidateAgainstSchema of helm.sh/helm/v3/pkg/chartutil. Nothing is fetched: where a schema refers to another place, what it
says there is not known. Patterns are Go's regular expressions, searched without backtracking.
"""

from __future__ import annotations

import datetime
import functools
import json
import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from kubetrial.lint.build.chart import schema_fits
from kubetrial.lint.build.chart.load import LoadedChart
from kubetrial.lint.build.chart.refusal import FIRST, VALUES
from kubetrial.lint.build.chart.sources import SourceText
from kubetrial.lint.build.chart.values import Places
from kubetrial.lint.build.origin import BuildProblem, Origin, Path, Unknown
from kubetrial.lint.values.regexp import search, syntax
from kubetrial.lint.values.remembered import LONGEST

MOST = 20
"""Mistakes told of one chart."""
MOST_STEPS = 100_000
"""References that one check may follow, and names that it may hold against patterns."""
MOST_TEXT = 400_000
"""Signs of a schema that is held against the schema of schemas, which takes a second for each 100,000."""
_HELP = "the chart's values.schema.json says which values it takes"


class _TooLong(Exception):
    """A schema whose references multiply."""


class _TooManyNames(Exception):
    """Values with so many names, held against so many patterns, that it would take too long."""


class _BadPattern(Exception):
    """A pattern that Go cannot read."""


def check(chart: LoadedChart, values: Any, places: Places, at: Path = ()) -> Iterator[BuildProblem | Unknown]:
    """What the schemas of a chart and of its dependencies say against the values."""
    if chart.schema is not None:
        yield from _against(chart, _whole(values), places, at)
    for each in chart.dependencies:
        held = values.get(each.name)
        if isinstance(held, dict):
            yield from check(each, held, places, (*at, each.name))


def _whole(value: Any) -> Any:
    """Values with whole numbers as integers, which they are to every draft there."""
    if isinstance(value, dict):
        return {name: _whole(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_whole(held) for held in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read(text: str) -> dict[str, Any]:
    """A schema; raises ValueError or RecursionError for what is none."""
    schema = json.loads(text.encode("utf-8", "replace"))
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, dict):
        raise ValueError("a schema is an object")
    return schema


def _against(chart: LoadedChart, values: Any, places: Places, at: Path) -> Iterator[BuildProblem | Unknown]:
    assert chart.schema is not None
    source = chart.schema.source()
    here, text = source.origin(FIRST, None, False), source.text
    try:
        schema = _read(text)
    except (ValueError, RecursionError) as error:
        yield BuildProblem(VALUES, f"values.schema.json is no JSON: {str(error)[:200]}", here)
        return
    if schema_fits.fits(schema, values):
        return
    import jsonschema
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing.exceptions import Unresolvable

    kind: Any = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    try:
        if not schema_fits.is_plain(schema):
            if len(text) > MOST_TEXT:
                yield Unknown("values.schema.json is long and uses rare words of JSON Schema: it is not checked", here)
                return
            kind.check_schema(schema, format_checker=jsonschema.FormatChecker(formats=()))  # patterns are Go's
    except (jsonschema.SchemaError, ValueError, RecursionError) as error:
        said = str(getattr(error, "message", error))
        yield BuildProblem(VALUES, f"values.schema.json is no schema: {said[:200]}", here)
        return
    if "unevaluated" in text and "patternProperties" in text:
        yield Unknown("values.schema.json says what is left over beside patterns, which is not checked", here)
        return
    if (gone := schema_fits.missing_reference(schema)) is not None:
        yield _gone(gone, source)
        return
    old = "2019" not in str(kind.META_SCHEMA.get("$schema")) and "2020" not in str(kind.META_SCHEMA.get("$schema"))
    checker = _formats() if old else None
    try:
        # The registry knows the drafts alone: that of jsonschema would ask the network for every other reference.
        held = _bounded(kind)(schema, format_checker=checker, registry=REGISTRY)
        for count, mistake in enumerate(held.iter_errors(values)):
            if count >= MOST:
                break
            yield _problem(mistake, places, at, here)
    except Unresolvable as error:
        yield Unknown(
            f"values.schema.json refers to what is not in it ({str(error)[:100]}), which is not fetched", here
        )
    except _BadPattern as error:
        yield BuildProblem(VALUES, str(error), here)
    except _TooManyNames:
        yield Unknown("values.schema.json holds too many names against too many patterns to be checked", here)
    except (_TooLong, RecursionError):
        yield BuildProblem(VALUES, "values.schema.json refers to itself without end, or in too many ways", here)


def _gone(reference: str, source: SourceText) -> BuildProblem:
    """What is said of a reference that leads nowhere, at its line."""
    written = json.dumps(reference)
    begin = source.text.find(written)
    place = source.range(begin, begin + len(written)) if begin >= 0 else FIRST
    message = (
        f"values.schema.json refers to `{reference[:100]}`, which is not in it: Helm refuses the chart with any values"
    )
    return BuildProblem(VALUES, message, source.origin(place, None, False))


def _bounded(kind: Any) -> Any:
    """A validator that follows so many references and no more, and that reads patterns as Go does."""
    import jsonschema

    left = MOST_STEPS

    def counted(inner: Any, about_names: bool = False) -> Any:
        def run(validator: Any, said: Any, instance: Any, schema: Any) -> Any:
            nonlocal left
            left -= schema_fits.searches(schema.get("patternProperties", {}), instance) if about_names else 1
            if left < 0:
                raise _TooManyNames if about_names else _TooLong
            return inner(validator, said, instance, schema)

        return run

    names = ("$ref", "$dynamicRef", "$recursiveRef", "anyOf", "oneOf", "allOf")
    own = {name: counted(kind.VALIDATORS[name]) for name in names if name in kind.VALIDATORS}
    own |= {"pattern": _pattern, "patternProperties": counted(_pattern_properties, about_names=True)}
    own |= {"additionalProperties": counted(_additional, about_names=True), "multipleOf": _multiple_of}
    own |= {
        "dependencies": jsonschema.Draft7Validator.VALIDATORS["dependencies"]
    }  # Helm's reader knows it in every draft
    return jsonschema.validators.extend(kind, own)  # type: ignore[no-untyped-call]


def _searched(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text; for short ones it is remembered."""
    search_ = _searched_once if len(pattern) + len(text) <= LONGEST else _searched_once.__wrapped__
    return search_(pattern, text)


@functools.lru_cache(maxsize=512)
def _searched_once(pattern: str, text: str) -> bool:
    wrong = syntax.problem(pattern)
    if wrong is not None:
        raise _BadPattern(f"the pattern `{pattern[:80]}` of values.schema.json is none of Go's: {wrong}")
    try:
        return search.matches(pattern, text)
    except search.Unsupported:
        return True


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and isinstance(pattern, str) and not _searched(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[Any]:
    for pattern, inner in patterns.items() if isinstance(instance, dict) else ():
        for name, held in instance.items():
            if _searched(pattern, name):
                yield from validator.descend(held, inner, path=name, schema_path=pattern)


def _multiple_of(validator: Any, step: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """`multipleOf` on the numbers as they are written: 0.3 is three times 0.1."""
    from jsonschema import ValidationError

    if isinstance(instance, bool) or not isinstance(instance, (int, float)) or not math.isfinite(instance):
        return
    if Fraction(str(instance)) % Fraction(str(step)):
        yield ValidationError(f"{instance!r} is not a multiple of {step!r}")


_ADDRESS = r"(?!.*[\x00-\x1f\x7f])(?![^?#]*%(?![0-9A-Fa-f]{2}))(?!(?:[^/?#:]*:)?//[^/?#]*[ <>\"{}|^`\\])"
_HOST = r"(?=.{1,253}\Z)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?"
_LOCAL = r"""(?:"[^"\\]*"|(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*)?)"""
_SCHEME = r"[a-zA-Z][a-zA-Z0-9+.-]*:"
_POINTER = r"(?:/(?:[^~/]|~[01])*)*\Z"
_NUMBER = r"(?:0|[1-9][0-9]*)"
_WORD = rf"(?:{_NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_FORMS = {
    "email": re.compile(rf"(?=.{{0,254}}\Z)(?=[^@]{{0,64}}@|\"){_LOCAL}@(?:{_HOST}\Z|\[[0-9a-fA-FvIP:.]+\]\Z)"),
    "time": re.compile(
        r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\Z"
    ),
    "duration": re.compile(
        r"P(?!\Z)(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)\Z"
    ),
    "hostname": re.compile(rf"{_HOST}\Z"),
    **{name: re.compile(_ADDRESS + _SCHEME, re.DOTALL) for name in ("uri", "iri")},
    **{
        name: re.compile(rf"(?!.*\\){_ADDRESS}(?:{_SCHEME}|(?![^/?#]*:))", re.DOTALL)
        for name in ("uri-reference", "iri-reference")
    },
    "json-pointer": re.compile(_POINTER),
    "relative-json-pointer": re.compile(rf"{_NUMBER}(?:#\Z|{_POINTER})"),
    "semver": re.compile(
        rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_WORD}(?:\.{_WORD})*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?\Z"
    ),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z"),
}
"""Formats and the forms that Helm's reader asks of them."""


def _is_moment(text: str) -> bool:
    """Whether a text is a day of the calendar with a time in it, such as 2024-02-29T23:59:59Z."""
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]", text) or not _FORMS["time"].match(text[11:]):
        return False
    try:
        datetime.date(int(text[:4]) or 4, int(text[5:7]), int(text[8:10]))
    except ValueError:
        return False
    return True


def _formats() -> Any:
    """The formats that drafts before 2019 assert."""
    import jsonschema

    checker = jsonschema.FormatChecker(set(schema_fits.ASSERTED) - {"regex", "date-time", *_FORMS})
    checker.checks("regex")(lambda value: not isinstance(value, str) or syntax.problem(value) is None)
    checker.checks("date-time")(lambda value: not isinstance(value, str) or _is_moment(value))
    for name, form in _FORMS.items():
        checker.checks(name)(lambda value, form=form: not isinstance(value, str) or form.match(value) is not None)
    return checker


def _problem(error: Any, places: Places, at: Path, schema: Origin) -> BuildProblem:
    path = (*at, *error.absolute_path, *_unexpected(error))
    origin = None
    for end in range(len(path), 0, -1):
        origin = places.origin(path[:end])
        if origin is not None:
            break
    name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")
    said = _said(error)
    said = said if len(said) <= 200 else said[:197] + "..."
    waits_for = tuple((*at, *one) for one in _awaited(error))
    return BuildProblem(VALUES, f"`{name}`: {said}" if name else said, origin or schema, _HELP, waits_for=waits_for)


def _awaited(error: Any) -> tuple[Path, ...]:
    """The values that a schema misses, where it is content once they are given; nothing where something else is wrong.

    Of the forms that `anyOf` allows the one counts for which the fewest are missing.
    """
    path = tuple(error.absolute_path)
    if error.validator == "required":
        wanted = error.validator_value if isinstance(error.validator_value, list) else []
        return tuple(
            (*path, name) for name in wanted if isinstance(error.instance, dict) and name not in error.instance
        )
    if error.validator in ("anyOf", "oneOf"):
        forms: dict[Any, list[tuple[Path, ...]]] = {}
        for inner in error.context:
            forms.setdefault(next(iter(inner.relative_schema_path), None), []).append(_awaited(inner))
        fitting = [tuple(path for one in form for path in one) for form in forms.values() if all(form)]
        return min(fitting, key=len, default=())
    is_empty = error.instance is None or error.instance in ("", [], {})
    return (path,) if is_empty and path and error.validator != "not" else ()


def _additional(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not isinstance(instance, dict):
        return
    others = list(_others(instance, schema))
    if isinstance(allowed, dict):
        for name in others:
            yield from validator.descend(instance[name], allowed, path=name)
    elif allowed is False and others:
        yield ValidationError(f"the chart has no value of the name {others[0]!r}")


def _others(instance: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """The keys of a mapping that a schema does not name."""
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return (name for name in instance if name not in known and not any(_searched(one, name) for one in patterns))


def _unexpected(error: Any) -> Path:
    """The first key that a schema does not want, of a mapping that it wants to hold no others."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, Mapping):
        return ()
    return tuple(name for name, _ in zip(_others(error.instance, error.schema), range(1), strict=False))


def _said(error: Any) -> str:
    """A mistake in words of JSON; jsonschema speaks of Python's None and True."""
    if error.validator == "type":
        wanted = error.validator_value
        return f"{_json(error.instance)} is not of type {' or '.join(wanted) if isinstance(wanted, list) else wanted}"
    if error.validator == "enum" and isinstance(error.validator_value, list):
        return f"{_json(error.instance)} is none of {', '.join(map(_json, error.validator_value))}"
    if error.validator in ("anyOf", "oneOf", "allOf") and isinstance(error.validator_value, list):
        inner = next((one for one in error.context if one.relative_path), None) or next(iter(error.context), None)
        why = f", such as: {_said(inner)}" if inner is not None and not inner.context else ""
        return f"this is none of the {len(error.validator_value)} forms that the schema allows{why}"
    return str(error.message)


def _json(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return "this"
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"
