"""Amounts of resources as the server compares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values.quantity import Quantity, QuantityError, parse

Amounts = dict[str, Quantity]


_ZERO = Quantity(0)


def amounts(written: Mapping[str, Any] | None) -> Amounts:
    """Name -> quantity, rounded up to thousandths as the server reads lists of resources; null is zero."""
    found = {name: _ZERO if value is None else parse(value) for name, value in (written or {}).items()}
    return {name: Quantity(amount.milli_value(), -3, amount.family) for name, amount in found.items()}


def is_multiple(amount: Quantity, name: str) -> bool:
    """Whether an amount of huge pages is a number of whole pages."""
    try:
        size = parse(name.removeprefix("hugepages-"))
    except QuantityError:
        return False
    return size > _ZERO and size.passes_as_whole and amount.value() % size.value() == 0
