"""Regular expressions that are compiled when they are first asked: a small check asks few of those that its modules name."""

from __future__ import annotations

import re
from typing import Any, AnyStr


class Later:
    """Stands for a compiled pattern, and is as fast: it takes over each of its methods that is asked for."""

    def __init__(self, text: Any, flags: int) -> None:
        self.given = text, flags

    def __getattr__(self, name: str) -> Any:
        """An attribute of the compiled pattern; `re` keeps that."""
        found = self.__dict__[name] = getattr(re.compile(*self.given), name)
        return found


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern of a text, to be asked by its methods: the functions of `re` do not take it."""
    return Later(text, flags)  # type: ignore[return-value]
