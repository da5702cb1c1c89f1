"""Values that can be looked up: equal ones, as JSON and the API server compare them, without comparing each with each."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any


def key_of(value: Any) -> Hashable:
    """A key that equal values share: 1 is 1.0, true is not 1, and the order of a mapping's fields does not matter."""
    if value.__class__ is dict:
        return "{", frozenset((name, key_of(item)) for name, item in value.items())
    if value.__class__ is list:
        return "[", tuple(map(key_of, value))
    return ("true", value) if value.__class__ is bool else value


def keys_of(values: Sequence[Any]) -> frozenset[Hashable]:
    """The keys of all values of a list, kept for the lists that were asked for last: an enum judges many values."""
    known = _kept.get(id(values))
    if known is None or known[0] is not values:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        known = _kept[id(values)] = (values, frozenset(map(key_of, values)))
    return known[1]


MOST_KEPT = 20
_kept: dict[int, tuple[Sequence[Any], frozenset[Hashable]]] = {}
"""By the id of the list: the list itself, so that its id stays its own, and its keys."""
