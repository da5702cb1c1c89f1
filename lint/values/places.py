"""Places in a text, and what to write there instead."""

from __future__ import annotations

from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: line and column, both from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """From `start` up to but not including `end`."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `range` by `text`."""

    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that remove the finding; `safe` ones never change what the manifest does in the cluster.

    `file`: where they are made, if not in the finding's own: a template's action prints what a values file says.
    """

    message: str
    edits: tuple[Edit, ...]
    applicability: str = "safe"  # safe | unsafe
    file: str = ""
