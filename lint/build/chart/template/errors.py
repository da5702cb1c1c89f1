"""What goes wrong in a template, and where."""

from __future__ import annotations


class TemplateError(Exception):
    """A template that cannot be read or rendered.

    `file` and `offset` (in signs, from 0) are the place, `line` and `column` the same from 1; `chain` holds the places, outermost
    first, of the actions that led there as (file, offset) pairs; `reads` are the paths of the values that the action had read.
    """

    def __init__(
        self, problem: str, file: str, text: str, offset: int, chain: tuple[tuple[str, int], ...] = ()
    ) -> None:
        super().__init__(problem)
        self.reads: tuple[tuple[str | int, ...], ...] = ()
        self.problem, self.file, self.offset, self.chain = problem, file, offset, chain
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - (text.rfind("\n", 0, offset) + 1) + 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.problem}"


class Failure(Exception):
    """A function refuses what it was given; the evaluator says where."""
