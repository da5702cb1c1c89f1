"""A text to check: what a file, standard input or an editor gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubetrial.lint.values.records import dataclass, field

if TYPE_CHECKING:
    from kubetrial.lint.yaml.source import Source


@dataclass(frozen=True, slots=True)
class Text:
    """One text to check: its name as reports show it, what it holds, and whether findings on it are shown."""

    name: str
    text: str
    reported: bool = True
    parsed: Source | None = field(default=None, compare=False, repr=False)
    """What it reads as, where that is known already; its documents are not changed."""
