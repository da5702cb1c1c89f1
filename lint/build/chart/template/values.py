"""How Go sees the values of templates: kinds, types, truth, and how `fmt` prints them.

str (and Text) is string, bool bool, int int, Int64 int64, float float64, bytes []byte, None nil, dict map, list slice; an object with
`call_method` is one of Helm's own (`.Files`).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from kubetrial.lint.build.chart.template.durations import printed_duration
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.go_numbers import shortest


class Int64(int):
    """An int64, which Go tells from an int."""


class GoDuration(Int64):
    """Nanoseconds, which Go prints as 1h30m."""


@runtime_checkable
class HasMethods(Protocol):
    """An object of Helm's, such as `.Files`: `{{ .Files.Get "a" }}` calls `call_method("Get", ("a",))`.

    Raises `LookupError` where it has no such method or field.
    """

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """What a method or field gives."""


class TextMap(dict[str, Any]):
    """A map[string]string, which `split` gives: what it lacks is the empty text, and functions for maps of anything refuse it."""


class GoStruct(dict[str, Any]):
    """A map whose missing fields are errors, such as `.Chart`."""


def wrap(value: int) -> int:
    """An int as 64 bits hold it."""
    return (value + 2**63) % 2**64 - 2**63


def kind_of(value: Any) -> str:
    """reflect.Kind: invalid, bool, int, int64, float64, string, slice, map."""
    if value is None:
        return "invalid"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int64" if isinstance(value, Int64) else "int"
    if isinstance(value, float):
        return "float64"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (list, tuple, bytes)):
        return "slice"
    return "map" if isinstance(value, dict) and not isinstance(value, GoStruct) else "struct"


def type_of(value: Any) -> str:
    """A type as `%T` says it."""
    kind = kind_of(value)
    if kind == "invalid":
        return "<nil>"
    if isinstance(value, bytes):
        return "[]uint8"
    if isinstance(value, TextMap):
        return "map[string]string"
    if isinstance(value, datetime.datetime):
        return "time.Time"
    return {"slice": "[]interface {}", "map": "map[string]interface {}"}.get(kind, kind)


def is_true(value: Any) -> bool:
    """What `if` takes for true: not nil, false, 0, or empty."""
    if isinstance(value, (GoStruct,)):
        return True
    if value is None or isinstance(value, (bool, int, float, str, list, tuple, dict, bytes)):
        return bool(value)
    return True


def printed(value: Any, nil: str = "<nil>") -> str:
    """`%v`."""
    if isinstance(value, str):
        return value
    return _printed(value, nil, 0)


def _printed(value: Any, nil: str, depth: int) -> str:
    if depth > 150:
        raise Failure("a value is nested too deeply to be printed")
    if value is None:
        return nil
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return printed_duration(int(value)) if isinstance(value, GoDuration) else str(int(value))
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        items = sorted(((printed(name), item) for name, item in value.items()), key=lambda pair: pair[0])
        return "map[" + " ".join(f"{name}:{_printed(item, '<nil>', depth + 1)}" for name, item in items) + "]"
    if isinstance(value, (list, tuple, bytes)):
        return "[" + " ".join(_printed(item, "<nil>", depth + 1) for item in value) + "]"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    return str(value)
