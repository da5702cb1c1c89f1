"""How Go sees the values of templates: kinds, types, truth, and how `fmt` prints them.

str (and Text) is string, bool bool, int int, Int64 int64, float float64, bytes []byte, None nil, dict map, list slice; an object with
`call_method` is one of Helm's own (`.Files`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from kubetrial.lint.build.chart.template.durations import printed_duration
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.go_numbers import shortest
from kubetrial.lint.values.records import dataclass, field


class Int64(int):
    """An int64, which Go tells from an int."""


class GoDuration(Int64):
    """Nanoseconds, which Go prints as 1h30m."""

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """Hours, Minutes and Seconds as fractions, smaller ones whole, String."""
        if name == "String":
            return printed_duration(int(self))
        whole = name in ("Milliseconds", "Microseconds", "Nanoseconds")
        unit = {"Hours": 3600 * 10**9, "Minutes": 60 * 10**9, "Seconds": 10**9, "Milliseconds": 10**6, "Microseconds": 10**3,
                "Nanoseconds": 1}[name]  # fmt: skip
        return Int64(int(int(self) / unit)) if whole else int(self) / unit


class NamedInt(int):
    """An int of a type of its own that Go prints by a name, such as a month."""

    name = ""
    go_type = "int"

    @classmethod
    def of(cls, value: int, name: str, go_type: str) -> NamedInt:
        """A number with its name."""
        made = cls(value)
        made.name, made.go_type = name, go_type
        return made


@runtime_checkable
class HasMethods(Protocol):
    """An object of Helm's, such as `.Files`: `{{ .Files.Get "a" }}` calls `call_method("Get", ("a",))`.

    Raises `LookupError` where it has no such method or field.
    """

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """What a method or field gives."""


class Slice(list[Any]):
    """A list of another type than `[]interface {}`, or a nil one, which is written as null."""

    go_type = "[]interface {}"
    is_nil = False


class Strings(Slice):
    """A []string, which functions for texts give."""

    go_type = "[]string"


class Ints(Slice):
    """A []int, which `until` gives."""

    go_type = "[]int"


class Lists(Slice):
    """A [][]interface {}, which `chunk` gives."""

    go_type = "[][]interface {}"


class NilList(Slice):
    """A nil []interface {}, which is as empty as another and written as null."""

    is_nil = True


class NilStrings(Strings):
    """A nil []string."""

    is_nil = True


class Pointers(Slice):
    """A list of structs, which Go holds by their addresses; empty, it is nil."""

    def __init__(self, items: Sequence[Any], go_type: str) -> None:
        super().__init__(items)
        self.go_type = go_type
        self.is_nil = not self


class TextMap(dict[str, Any]):
    """A map[string]string, which `split` gives: what it lacks is the empty text, and functions for maps of anything refuse it."""


class NilTextMap(TextMap):
    """A nil map[string]string, which is written as null."""

    is_nil = True


@dataclass(frozen=True, slots=True)
class Shape:
    """What Go knows of a struct: its type, its fields in their order with their names in JSON (one that ends in `?` is left out
    where it is empty), and whether it is held by its address.
    """

    go_type: str = "struct"
    fields: Mapping[str, str] = field(default_factory=dict)
    is_pointer: bool = False
    embedded: str = ""  # the field whose fields are those of the struct too


class GoStruct(dict[str, Any]):
    """A map whose missing fields are errors, such as `.Chart`."""

    shape = Shape()

    @classmethod
    def of(cls, shape: Shape, **fields: Any) -> GoStruct:
        """A struct of a shape."""
        made = cls(fields)
        made.shape = shape
        return made

    def in_order(self) -> list[tuple[str, Any]]:
        """The fields that Go prints, in their order."""
        return [(name, self[name]) for name in self.shape.fields or self]

    def for_json(self) -> dict[str, Any]:
        """The fields as JSON has them, in their order."""
        found: dict[str, Any] = {}
        for name, value in self.in_order():
            word = self.shape.fields.get(name) or name
            if name == self.shape.embedded:
                found.update(value.for_json())
            elif not word.endswith("?") or not (value is None or value == "" or value is False or value in ([], {})):
                found[word.rstrip("?")] = value
        return found


def bytes_of(text: str) -> bytes:
    """A text as Go holds it: in UTF-8, where what is no UTF-8 (a file of another kind, `"\\xff"`) is kept byte by byte."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as JSON can write it
        return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """The text of bytes; those that are no UTF-8 are kept as lone surrogates, so that `bytes_of` gives them back."""
    return data.decode("utf-8", "surrogateescape")


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
    if isinstance(value, dict) and not isinstance(value, GoStruct):
        return "map"
    return "ptr" if is_pointer(value) else "struct"


def is_pointer(value: Any) -> bool:
    """Whether Go holds a value by its address, such as `.Capabilities` and what `semver` gives."""
    return value.shape.is_pointer if isinstance(value, GoStruct) else getattr(value, "is_pointer", False) is True


def type_of(value: Any) -> str:
    """A type as `%T` says it."""
    kind = kind_of(value)
    if kind == "invalid":
        return "<nil>"
    if isinstance(value, bytes):
        return "[]uint8"
    if isinstance(value, TextMap):
        return "map[string]string"
    if isinstance(value, (Slice, NamedInt)):
        return value.go_type
    if isinstance(value, GoDuration):
        return "time.Duration"
    if isinstance(value, GoStruct):
        return ("*" if value.shape.is_pointer else "") + value.shape.go_type
    if kind in ("ptr", "struct"):  # a time, a version
        return str(getattr(value, "go_type", kind))
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
        if isinstance(value, NamedInt):
            return value.name
        return printed_duration(int(value)) if isinstance(value, GoDuration) else str(int(value))
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, str):
        return value
    if isinstance(value, GoStruct):
        # What another value points to prints as its address, which is another one each time.
        lead = "&" if value.shape.is_pointer and not depth else ""
        return lead + "{" + " ".join(_printed(item, "<nil>", depth + 1) for _, item in value.in_order()) + "}"
    if isinstance(value, dict):
        items = sorted(((printed(name), item) for name, item in value.items()), key=lambda pair: pair[0])
        return "map[" + " ".join(f"{name}:{_printed(item, '<nil>', depth + 1)}" for name, item in items) + "]"
    if isinstance(value, (list, tuple, bytes)):
        return "[" + " ".join(_printed(item, "<nil>", depth + 1) for item in value) + "]"
    return str(value)
