"""The functions that text/template has by itself, and `printf` (fmt)."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.printf import formatted
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.times import Time
from kubetrial.lint.build.chart.template.values import (
    GoStruct,
    TextMap,
    bytes_of,
    is_pointer,
    is_true,
    printed,
    text_of,
    type_of,
)


def _basic(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "string"
    raise Failure(f"values of type {type_of(value)} cannot be compared like this")


def equal(first: Any, other: Any) -> bool:
    """Go's eq of two values: of one basic kind, or nil."""
    if first is None or other is None:
        # A nil list or map is nil too.
        return all(one is None or getattr(one, "is_nil", False) for one in (first, other))
    if isinstance(first, Time) and isinstance(other, Time):
        return first == other
    if is_pointer(first) and is_pointer(other):
        return first is other
    if isinstance(first, GoStruct) and isinstance(other, GoStruct):
        _refuse_parts(first)
        return first == other
    if isinstance(first, (dict, list)) or isinstance(other, (dict, list)):
        raise Failure("maps and lists cannot be compared with eq")
    if _basic(first) != _basic(other):
        raise Failure(f"incompatible types: {printed(first)} is {type_of(first)}, {printed(other)} is {type_of(other)}")
    return bool(first == other)


def _refuse_parts(struct: GoStruct) -> None:
    """Raises Failure for a struct with a map or list in it, which Go does not compare."""
    if any(isinstance(part, (dict, list, tuple)) for part in struct.values()):
        raise Failure(f"values of type {type_of(struct)} cannot be compared")


@function("eq", "aaa*")
def eq(first: Any, *others: Any) -> bool:
    """Whether the first equals one of the others."""
    return any(equal(first, other) for other in others)


@function("ne", "aa")
def ne(first: Any, other: Any) -> bool:
    """Not eq."""
    return not equal(first, other)


def _less(first: Any, other: Any) -> bool:
    if first is None or other is None or _basic(first) == "bool" or _basic(first) != _basic(other):
        raise Failure(f"incompatible types: {printed(first)} is {type_of(first)}, {printed(other)} is {type_of(other)}")
    if isinstance(first, str):
        return bytes_of(first) < bytes_of(str(other))
    return bool(first < other)


@function("lt", "aa")
def lt(first: Any, other: Any) -> bool:
    """First < other."""
    return _less(first, other)


@function("le", "aa")
def le(first: Any, other: Any) -> bool:
    """First <= other."""
    return _less(first, other) or equal(first, other)


@function("gt", "aa")
def gt(first: Any, other: Any) -> bool:
    """First > other."""
    return not le(first, other)


@function("ge", "aa")
def ge(first: Any, other: Any) -> bool:
    """First >= other."""
    return not _less(first, other)


@function("not", "a")
def negated(value: Any) -> bool:
    """Whether a value is empty."""
    return not is_true(value)


@function("len", "a")
def length(value: Any) -> int:
    """Go's len: of a text in bytes."""
    if isinstance(value, str):
        return len(bytes_of(value))
    if isinstance(value, (list, tuple, dict, bytes)):
        return len(value)
    raise Failure(f"{printed(value)} has no length; it is {'nil' if value is None else type_of(value)}")


@function("index", "aa*")
def index(value: Any, *keys: Any) -> Any:
    """Go's index: of maps by key, of lists by number; one after the other."""
    if value is None and not keys:
        raise Failure("nil has nothing in it")
    for key in keys:
        if value is None:
            raise Failure(f"nil has nothing at {printed(key)}")
        if isinstance(value, dict):
            if not isinstance(key, str):
                raise Failure(f"a map is indexed by text, not by {printed(key)}")
            value = value.get(key, "" if isinstance(value, TextMap) else None)
        elif isinstance(value, (list, tuple, str, bytes)):
            if isinstance(key, bool) or not isinstance(key, int):
                raise Failure(f"a list is indexed by an int, not by {printed(key)}")
            whole = value.encode() if isinstance(value, str) else value
            if not 0 <= key < len(whole):
                raise Failure(f"index out of range: {key}, where it has {len(whole)}")
            value = whole[key]
        else:
            raise Failure(f"can't index a value of type {type_of(value)}")
    return value


@function("slice", "aa*")
def sliced(value: Any, *bounds: Any) -> Any:
    """Go's slice of a list or a text."""
    whole = value.encode() if isinstance(value, str) else value
    if not isinstance(whole, (list, tuple, bytes)):
        raise Failure(f"can't slice a value of type {type_of(value)}")
    low, high = (*bounds[:2], *(0, len(whole))[len(bounds[:2]) :]) if len(bounds) < 2 else bounds[:2]
    if not all(isinstance(each, int) for each in (low, high)) or not 0 <= low <= high <= len(whole):
        raise Failure(f"slice out of range: {printed(low)} to {printed(high)} of {len(whole)}")
    part = whole[low:high]
    return text_of(part) if isinstance(value, str) and isinstance(part, bytes) else part


@function("print", "a*")
def print_(*values: Any) -> str:
    """fmt.Sprint: a space between two operands of which none is text."""
    parts: list[str] = []
    for place, value in enumerate(values):
        if place and not isinstance(value, str) and not isinstance(values[place - 1], str):
            parts.append(" ")
        parts.append(printed(value))
    return "".join(parts)


@function("println", "a*")
def println(*values: Any) -> str:
    """fmt.Sprintln."""
    return " ".join(map(printed, values)) + "\n"


_HTML = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&#34;", ord("'"): "&#39;", 0: "\ufffd"}


@function("html", "a*")
def escape_html(*values: Any) -> str:
    """HTML's escapes as Go writes them."""
    return _escaped(values).translate(_HTML)


@function("js", "a*")
def escape_js(*values: Any) -> str:
    """JavaScript's escapes as Go writes them."""
    special = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    return "".join(
        special.get(sign) or (sign if sign.isprintable() or "\udc80" <= sign <= "\udcff" else f"\\u{ord(sign):04X}")
        for sign in _escaped(values)
    )


def _escaped(values: tuple[Any, ...]) -> str:
    """What html, js and urlquery read: nil is said as an action says it."""
    return print_(*("<no value>" if value is None else value for value in values))


@function("urlquery", "a*")
def urlquery(*values: Any) -> str:
    """url.QueryEscape."""
    import urllib.parse  # few templates need it

    return urllib.parse.quote_plus(bytes_of(_escaped(values)), safe="-_.~")


@function("printf", "sa*")
def printf(layout: str, *values: Any) -> str:
    """fmt.Sprintf with its answers for what does not fit."""
    return formatted(layout, values)
