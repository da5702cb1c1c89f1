"""Units with the names that reports use for their files."""

from __future__ import annotations

from collections.abc import Callable

from kubetrial.lint.build.origin import BuildProblem, Origin, Unknown


class Shown:
    """A built object whose origins have the names that reports use."""

    __slots__ = ("_built", "_shown")

    def __init__(self, built: object, shown: Callable[[str], str]) -> None:
        self._built = built
        self._shown = shown

    @property
    def value(self) -> dict[str, object]:
        """The object as plain data."""
        return self._built.value  # type: ignore[attr-defined, no-any-return]

    def origin(self, path: tuple[str | int, ...]) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        origin, exact = self._built.origin(path)  # type: ignore[attr-defined]
        return origin.shown_as(self._shown), exact


def shown_unknown(unknown: Unknown, shown: Callable[[str], str]) -> Unknown:
    """What is not known, its place with the names that reports use."""
    return Unknown(unknown.reason, unknown.origin.shown_as(shown), unknown.stops)


def shown_problem(problem: BuildProblem, shown: Callable[[str], str]) -> BuildProblem:
    """A problem whose places have the names that reports use."""
    origin = problem.origin.shown_as(shown)
    return BuildProblem(problem.rule, problem.message, origin, problem.help, problem.consequence, problem.fatal)
