"""Functions of templates by name, each with the kinds of its parameters, which are checked as Go checks types.

A signature has one letter a parameter: s string, i int, f float64, b bool, l list, d map, a anything; a last `*` repeats the letter
before it, and letters behind a `?` may be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.values import GoStruct, Int64, TextMap, type_of

_NAMES = {"s": "a text", "i": "an int", "f": "a float64", "b": "a boolean", "l": "a list", "d": "a map"}


class Function(NamedTuple):
    """What is called, and what it takes."""

    run: Callable[..., Any]
    letters: str
    least: int
    repeats: str


FUNCTIONS: dict[str, Function] = {}
_F = TypeVar("_F", bound=Callable[..., Any])


def function(names: str, signature: str = "") -> Callable[[_F], _F]:
    """Registers a function under its names (with spaces between)."""
    repeats = signature[-2] if signature.endswith("*") else ""
    bare = signature[:-2] if repeats else signature
    needed, _, optional = bare.partition("?")

    def register(run: _F) -> _F:
        for name in names.split():
            FUNCTIONS[name] = Function(run, needed + optional, len(needed), repeats)
        return run

    return register


def call(name: str, arguments: list[Any]) -> Any:
    """Call a function; raises Failure where the arguments are not those that it takes."""
    run, letters, least, repeats = FUNCTIONS[name]
    count = len(arguments)
    if count < least or (count > len(letters) and not repeats):
        raise Failure(f"it takes {least}{' or more' if repeats else ''} arguments, and is given {count}")
    for index, value in enumerate(arguments):
        letter = letters[index] if index < len(letters) else repeats
        if letter == "d" and value is None:  # a nil map is a map to Go
            arguments[index] = {}
        elif letter != "a" and not _fits(letter, value):
            given = "nil" if value is None else f"a value of type {type_of(value)}"
            raise Failure(f"argument {index + 1} is {given}, where it takes {_NAMES[letter]}")
    return run(*arguments)


def refuse_nil_map(name: str, place: int) -> None:
    """Raises Failure where a function wants a map at a place: a field that is nil is none."""
    found = FUNCTIONS.get(name)
    if found is None:
        return
    _, letters, _, repeats = found
    if (letters[place] if place < len(letters) else repeats) == "d":
        raise Failure(f"argument {place + 1} is nil, where it takes a map")


def _fits(letter: str, value: Any) -> bool:
    if letter == "s":
        return isinstance(value, str)
    if letter == "i":
        return isinstance(value, int) and not isinstance(value, (bool, Int64))
    if letter == "f":
        return isinstance(value, (int, float)) and not isinstance(value, (bool, Int64))
    if letter == "b":
        return isinstance(value, bool)
    if letter == "l":
        return isinstance(value, (list, tuple))
    return isinstance(value, dict) and not isinstance(value, (GoStruct, TextMap))
