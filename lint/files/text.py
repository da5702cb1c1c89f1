"""A text to check: what a file, standard input or an editor gives."""

from __future__ import annotations

from kubetrial.lint.records import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One text to check: its name as reports show it, what it holds, and whether findings on it are shown."""

    name: str
    text: str
    reported: bool = True
