"""Values are equal exactly when their keys are, as JSON has it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.equality import MOST_KEPT, _kept, key_of, keys_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3, width=16) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=3),
    max_leaves=6,
)


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[name], two[name]) for name in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    return bool(one == two) and isinstance(one, bool) is isinstance(two, bool)


@given(JSON, JSON)
def test_keys_are_equal_where_values_are(one: Any, two: Any) -> None:
    assert (key_of(one) == key_of(two)) is _same(one, two)
    assert key_of(one) in keys_of([two, one])


def test_few_lists_are_kept() -> None:
    for number in range(3 * MOST_KEPT):
        keys_of([number])
    assert len(_kept) <= MOST_KEPT
