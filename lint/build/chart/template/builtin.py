"""The functions that text/template has by itself, and `printf` (fmt)."""

from __future__ import annotations

import html
import re
import urllib.parse
from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.values import is_true, printed, type_of

MAX_WIDTH = 100_000
_VERB = re.compile(r"%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(\[\d+\])?(.?)", re.DOTALL)
_DOT = re.compile(r"%[-+# 0]*(?:\*|\d+)?\.")


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
        return first is None and other is None
    if isinstance(first, (dict, list)) or isinstance(other, (dict, list)):
        raise Failure("maps and lists cannot be compared with eq")
    if _basic(first) != _basic(other):
        raise Failure(f"incompatible types: {printed(first)} is {type_of(first)}, {printed(other)} is {type_of(other)}")
    return bool(first == other)


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
        return first.encode("utf-8", "surrogatepass") < str(other).encode("utf-8", "surrogatepass")
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
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, (list, tuple, dict, bytes)):
        return len(value)
    raise Failure(f"{printed(value)} has no length; it is {'nil' if value is None else type_of(value)}")


@function("index", "aa*")
def index(value: Any, *keys: Any) -> Any:
    """Go's index: of maps by key, of lists by number; one after the other."""
    for key in keys:
        if value is None:
            raise Failure(f"nil has nothing at {printed(key)}")
        if isinstance(value, dict):
            if not isinstance(key, str):
                raise Failure(f"a map is indexed by text, not by {printed(key)}")
            value = value.get(key)
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
    return part.decode("utf-8", "replace") if isinstance(value, str) and isinstance(part, bytes) else part


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


@function("html", "a*")
def escape_html(*values: Any) -> str:
    """HTML's escapes as Go writes them."""
    return html.escape(print_(*values), quote=False).replace('"', "&#34;").replace("'", "&#39;").replace("\0", "\ufffd")


@function("js", "a*")
def escape_js(*values: Any) -> str:
    """JavaScript's escapes as Go writes them."""
    special = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    return "".join(special.get(sign) or (f"\\u{ord(sign):04X}" if sign < " " else sign) for sign in print_(*values))


@function("urlquery", "a*")
def urlquery(*values: Any) -> str:
    """url.QueryEscape."""
    return urllib.parse.quote_plus(print_(*values), safe="-_.~")


@function("printf", "sa*")
def printf(layout: str, *values: Any) -> str:
    """fmt.Sprintf with its answers for what does not fit."""
    parts: list[str] = []
    place = used = 0
    for match in _VERB.finditer(layout):
        parts.append(layout[place : match.start()])
        place = match.end()
        flags, width, precision, _, verb = match.groups()
        if verb == "%":
            parts.append("%")
            continue
        if not verb:
            parts.append("%!(NOVERB)")
            continue
        if _DOT.match(match[0]) and precision is None:
            precision = "0"
        numbers: list[int | None] = []
        for number in (width, precision):
            if number == "*" and used < len(values):
                number = printed(values[used])
                used += 1
            numbers.append(int(number) if number and re.fullmatch(r"-?\d{1,6}", number) else None)
        if used >= len(values):
            parts.append(f"%!{verb}(MISSING)")
            continue
        parts.append(_verb(verb, flags, numbers[0], numbers[1], values[used]))
        used += 1
    parts.append(layout[place:])
    if used < len(values):
        rest = ", ".join("<nil>" if each is None else f"{type_of(each)}={printed(each)}" for each in values[used:])
        parts.append(f"%!(EXTRA {rest})")
    return "".join(parts)


def _verb(verb: str, flags: str, width: int | None, precision: int | None, value: Any) -> str:
    text = _formatted(verb, flags, precision, value)
    if width is None or abs(width) > MAX_WIDTH:
        return text
    if "-" in flags or width < 0:
        return text.ljust(abs(width))
    if "0" in flags and verb in "dxXobeEfFgGsvqUt":
        sign = text[0] if text[:1] in ("-", "+") and not isinstance(value, str) else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _formatted(verb: str, flags: str, precision: int | None, value: Any) -> str:
    bad = "%!" + verb + "(<nil>)" if value is None else f"%!{verb}({type_of(value)}={printed(value)})"
    if verb == "T":
        return type_of(value)
    if verb == "v":
        return _sharp(value) if "#" in flags else ("+" if "+" in flags and _is_positive(value) else "") + printed(value)
    if value is None:
        return bad
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(_formatted(verb, flags, precision, each) for each in value) + "]"
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]))
        return (
            "map["
            + " ".join(
                f"{_formatted(verb, flags, precision, name)}:{_formatted(verb, flags, precision, each)}"
                for name, each in pairs
            )
            + "]"
        )
    if isinstance(value, bool):
        return printed(value) if verb == "t" else bad
    if isinstance(value, int):
        made = _integer(verb, flags, value)
    elif isinstance(value, float):
        made = _float(verb, precision, value)
    else:
        made = _text(verb, precision, value)
    if made is None:
        return bad
    return "+" + made if "+" in flags and _is_positive(value) and verb not in "qcU" else made


def _is_positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _sharp(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    return "<nil>" if value is None else printed(value)


def _integer(verb: str, flags: str, value: int) -> str | None:
    value = int(value)
    if verb in "dxXob":
        return format(value, ("#" if "#" in flags and verb in "xXo" else "") + verb)
    if verb in "cq":
        sign = chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value < 0xE000 else "\ufffd"
        return sign if verb == "c" else f"'{sign}'"
    return f"U+{value:04X}" if verb == "U" else None


def _float(verb: str, precision: int | None, value: float) -> str | None:
    if verb not in "eEfFgG":
        return None
    if verb in "gG" and precision is None:
        return printed(value)
    return format(value, f".{6 if precision is None else min(precision, 300)}{verb}")


def _text(verb: str, precision: int | None, value: Any) -> str | None:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if precision is not None and verb in "sqxX":
        text = text[:precision]
    if verb == "s":
        return text
    if verb == "q":
        return quoted(text)
    if verb in "xX":
        made = text.encode("utf-8", "surrogatepass").hex()
        return made if verb == "x" else made.upper()
    return None


_SHORT = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}


def quoted(text: str) -> str:
    """strconv.Quote."""
    return '"' + "".join(_SHORT.get(sign) or _quoted_sign(sign) for sign in text) + '"'


def _quoted_sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    code = ord(sign)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
