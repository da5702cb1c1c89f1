"""Functions of texts that are asked the same again and again, and what a long process keeps of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[[Any], Any])
LONGEST = 500
"""Letters of a text that is kept: names, images and quantities have fewer, and strangers may write megabytes in their place."""


def remembered(most: int) -> Callable[[_F], _F]:
    """Keeps what a function of one value gives for the last so many values, but for long texts, which it is given each time."""

    def of(function: _F) -> _F:
        known = lru_cache(maxsize=most, typed=True)(function)

        @wraps(function)
        def asked(value: Any) -> Any:
            if value.__class__ is str and len(value) > LONGEST:
                return function(value)
            return known(value)

        for name in ("cache_info", "cache_parameters", "cache_clear"):
            setattr(asked, name, getattr(known, name))
        return asked  # type: ignore[return-value]

    return of
