"""What a compiled type of the catalogue is made of: codes of types, fields, structs, and which plain values fit a code."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from kubetrial import schemas
from kubetrial.lint.api.dropped import Gated
from kubetrial.lint.rule import Rule
from kubetrial.lint.yaml.node import Found, Node

FOLDER = os.path.join(schemas.FOLDER, "catalogue")
"""Where the files of the catalogue stand."""

# What a type code of the catalogue means; numbers, because the walk compares them in its innermost loop.
(
    STRING,
    BOOLEAN,
    INT32,
    INT64,
    NUMBER,
    BYTES,
    QUANTITY,
    INT_OR_STRING,
    TIME,
    MICRO_TIME,
    ANY,
    OBJECT,
    LIST,
    MAP,
    STRUCT,
) = range(15)
CODES = {
    "s": STRING, "b": BOOLEAN, "i": INT32, "l": INT64, "n": NUMBER, "y": BYTES, "q": QUANTITY, "x": INT_OR_STRING,
    "t": TIME, "u": MICRO_TIME, "*": ANY, "o": OBJECT,
}  # fmt: skip

Check = Callable[[Any, Node, "str | int"], "tuple[Found, ...] | None"]


class Field:
    """How one field, item or map value is read."""

    __slots__ = ("checks", "code", "inner", "kind")

    def __init__(self, code: str, kind: int, inner: Field | None, checks: tuple[Check, ...]) -> None:
        self.code = code
        self.kind = kind
        self.inner = inner  # of a list or map: its items
        self.checks = checks  # of the value itself, after its type is right


class Fields(dict[str, Field]):
    """The fields of a struct, each compiled when a manifest first sets it; those that it does not have raise KeyError."""

    __slots__ = ("_compile", "written")

    def __init__(self) -> None:
        self.written: dict[str, tuple[str, Mapping[str, Any]]] = {}  # name -> (code, constraints), of every field
        self._compile: Callable[[str, Mapping[str, Any]], Field] | None = None

    def compiled_by(self, work: Callable[[str, Mapping[str, Any]], Field]) -> None:
        """Say what makes a field of its code and constraints."""
        self._compile = work

    def all(self) -> dict[str, Field]:
        """Every field, in the catalogue's order."""
        return {name: self[name] for name in self.written}

    def __missing__(self, name: str) -> Field:
        code, table = self.written[name]
        assert self._compile is not None
        made = self[name] = self._compile(code, table)
        return made


class Type:
    """A struct of the catalogue for one Kubernetes minor, compiled when it is first met."""

    __slots__ = ("checks", "dropped", "fields", "name", "required", "rules", "telling", "view", "visited")

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields = Fields()
        self.dropped: dict[str, Gated] = {}  # the fields that the server drops
        self.required: tuple[tuple[str, str], ...] = ()  # (field, what counts as missing: "empty" or "absent")
        self.checks: tuple[Callable[[Node], tuple[Found, ...] | None], ...] = ()
        self.visited = ""  # what rules know it by; none visits what the server drops
        self.rules: tuple[Rule, ...] = ()  # those that visit it and can say something of the object that was met last
        self.telling: int | None = None  # which these are
        self.view: type[Node] = Node


def base64_problem(value: str) -> str | None:
    """Why the server's decoder refuses a base64 text (standard alphabet, padding, line breaks allowed), or None."""
    import base64
    import binascii

    bare = value.replace("\r", "").replace("\n", "")
    try:
        base64.b64decode(bare.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return "is not base64; encode the value, or use stringData where the kind has it"
    return None


def _is_int(value: Any, bits: int) -> bool:
    return value.__class__ is int and -(1 << bits) <= value < (1 << bits)


def _is_quantity(value: Any) -> bool:
    from kubetrial.lint.values import quantity

    if value.__class__ not in (str, int, float):
        return False
    try:
        quantity.parse(value)
    except quantity.QuantityError:
        return False
    return True


def _is_base64(value: Any) -> bool:
    return value.__class__ is str and base64_problem(value) is None


def is_bytes_in_a_list(value: Any) -> bool:
    """Whether a list holds numbers of one byte: the other way in which JSON may carry bytes."""
    return value.__class__ is list and all(
        item is None or (item.__class__ is int and 0 <= item <= 255) for item in value
    )


def _is_time(value: Any) -> bool:
    from kubetrial.lint.values import durations

    return value.__class__ is str and durations.time_problem(value) is None


def _is_micro_time(value: Any) -> bool:
    from kubetrial.lint.values import durations

    return value.__class__ is str and durations.micro_time_problem(value) is None


FITS: dict[int, Callable[[Any], bool]] = {
    STRING: lambda v: v.__class__ is str,
    BOOLEAN: lambda v: v.__class__ is bool,
    INT32: lambda v: v.__class__ is int and -2147483648 <= v <= 2147483647,
    INT64: lambda v: _is_int(v, 63),
    NUMBER: lambda v: v.__class__ in (int, float),
    BYTES: _is_base64,
    QUANTITY: _is_quantity,
    INT_OR_STRING: lambda v: v.__class__ is str or _is_int(v, 31),
    TIME: _is_time,
    MICRO_TIME: _is_micro_time,
    ANY: lambda v: True,
    OBJECT: lambda v: v.__class__ is dict,
    LIST: lambda v: v.__class__ is list,
    MAP: lambda v: v.__class__ is dict,
    STRUCT: lambda v: v.__class__ is dict,
}
