"""What evaluating CEL can give beside a plain value: an error, an open question, a value that may be absent."""

from __future__ import annotations

from typing import Any


class EvaluationError(Exception):
    """What CEL calls an error: a key that is not there, types that do not fit, a division by zero."""


class Undecided(EvaluationError):
    """An error of which it is not certain that the server has it too: the question is left open."""


class Optional:
    """A value that may be absent; not None, because null is a value."""

    __slots__ = ("present", "value")

    def __init__(self, present: bool, value: Any = None) -> None:
        self.present = present
        self.value = value
