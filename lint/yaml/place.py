"""Where one value of a document stands, with all that is in it."""

from __future__ import annotations

from typing import Any


class Place:
    """Where one value stands: its own range, the range of its key, and the places inside it."""

    __slots__ = ("children", "end", "key_end", "key_start", "start", "style")

    def __init__(self, start: Any, end: Any, style: str | None) -> None:
        self.start = start
        self.end = end
        self.style = style  # of a scalar: None plain, ' " | >
        self.key_start: Any = None
        self.key_end: Any = None
        self.children: dict[str | int, Place] | None = None
