"""How the values of a chart and of its user come together, and how they are handed down to its dependencies.

What is set above wins; null above removes what stands below; `global` reaches every dependency. The containers are copied, so that
no values are changed that somebody else holds. Follows helm.sh/helm/v3/pkg/chartutil (coalesce) and pkg/cli/values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubetrial.lint.values.records import dataclass, field

Values = dict[str, Any]

GLOBAL = "global"


class NotCoalesced(ValueError):
    """Values of which nothing can be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """A chart as far as its values go: the name that its parent calls it by, its own values, its enabled dependencies."""

    name: str
    values: Values
    dependencies: Sequence[Member] = field(default_factory=tuple)


def laid_over(below: Values, above: Values) -> Values:
    """Two values files, the second one later on the command line: maps are merged, all else is replaced."""
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        result[key] = laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result


def coalesced(chart: Member, given: Values, helm: int = 3) -> Values:
    """The values that the templates of a chart see, with those of each dependency below its name.

    To Helm 4 a null that a chart's own values.yaml writes says nothing (but one for a dependency that is given other values too).
    """
    return _coalesced(chart, _copied(given), drop_nulls=helm >= 4)


def _dropped(values: Values) -> Values:
    """A map without the nulls in it and in the maps below; those in lists stay."""
    return {
        key: _dropped(value) if isinstance(value, dict) else value for key, value in values.items() if value is not None
    }


def merged(chart: Member) -> Values:
    """The default values of a chart with those of its dependencies; nulls are kept, for a later coalescing to act on."""
    return _coalesced(chart, {}, keep_nulls=True)


def merged_below(above: Values, below: Values) -> Values:
    """Two values; what stands above wins, its nulls too."""
    result: Values = _copied(above)
    _merge(result, _copied(below), keep_nulls=True)
    return result


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copied(inner) for inner in value]
    return value


def _coalesced(chart: Member, given: Values, *, keep_nulls: bool = False, drop_nulls: bool = False) -> Values:
    _own(chart, given, keep_nulls=keep_nulls, drop_nulls=drop_nulls)
    for dependency in chart.dependencies:
        below = given.setdefault(dependency.name, {})
        if not isinstance(below, dict):
            raise NotCoalesced(f"the values of the dependency `{dependency.name}` are no mapping, but `{below}`")
        _hand_down_globals(below, given)
        given[dependency.name] = _coalesced(dependency, below, keep_nulls=keep_nulls, drop_nulls=drop_nulls)
    return given


def _own(chart: Member, given: Values, *, keep_nulls: bool, drop_nulls: bool) -> None:
    """Put the chart's own values below those that are given."""
    names = {dependency.name for dependency in chart.dependencies}
    for key, value in _copied(chart.values).items():
        if drop_nulls and isinstance(value, dict) and (key not in given or key not in names):
            value = _dropped(value)
        if key not in given:
            if value is not None or not drop_nulls:
                given[key] = value
        elif given[key] is None:
            if not keep_nulls:
                del given[key]
        elif isinstance(given[key], dict) and isinstance(value, dict):
            # nulls for a dependency are kept for its own values, which they remove later
            _merge(given[key], value, keep_nulls=keep_nulls or key in names)


def _merge(above: Values, below: Values, *, keep_nulls: bool) -> None:
    for key, value in below.items():
        if key not in above:
            above[key] = value
        elif above[key] is None:
            if not keep_nulls and value is not None:
                del above[key]
        elif isinstance(value, dict) and isinstance(above[key], dict):
            _merge(above[key], value, keep_nulls=keep_nulls)


def _hand_down_globals(below: Values, above: Values) -> None:
    """Put the parent's globals into a dependency's values; where both have a map, the parent's entries win."""
    target, source = below.get(GLOBAL, {}), above.get(GLOBAL, {})
    if not isinstance(target, dict) or not isinstance(source, dict):
        return
    below[GLOBAL] = target
    for key, value in source.items():
        if isinstance(value, dict):
            # only the first level is copied: what lies deeper is shared with the parent, as Helm shares it
            copy, there = dict(value), target.get(key, {})
            if isinstance(there, dict):
                _merge(copy, there, keep_nulls=True)
                target[key] = copy
        elif not isinstance(target.get(key), dict):
            target[key] = value
