"""`printf`: Go's fmt.Sprintf with its verbs, flags and its answers for what does not fit (fmt/print.go, fmt/format.go)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kubetrial.lint.build.chart.template.bounds import MOST_TEXT
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.values import GoDuration, GoStruct, Slice, bytes_of, printed, text_of, type_of
from kubetrial.lint.values.records import dataclass, replace

MAX_NUMBER = 1_000_000
"""Go's own bound of widths and precisions."""
_DIGITS = re.compile(r"[0-9]*")


@dataclass(frozen=True, slots=True)
class Flags:
    """What stands between `%` and the verb; -1 for a width or precision that is not given. `go`: as Go would write the value;
    `names`: structs with the names of their fields.
    """

    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    width: int = -1
    precision: int = -1
    go: bool = False
    names: bool = False


def formatted(layout: str, values: Sequence[Any]) -> str:
    """What `printf` gives; raises Failure where it would be too long."""
    printer = _Printer(layout, values)
    parts: list[str] = []
    length = 0
    while (percent := layout.find("%", printer.place)) >= 0:
        parts.append(layout[printer.place : percent])
        printer.place = percent + 1
        parts.append(printer.one())
        length += len(parts[-1])
        if length > MOST_TEXT:
            raise Failure("the text is too long")
    parts.append(layout[printer.place :])
    if printer.ordered and printer.next < len(values):
        rest = (
            "<nil>" if each is None else f"{type_of(each)}={_value('v', Flags(), each)}"
            for each in values[printer.next :]
        )
        parts.append(f"%!(EXTRA {', '.join(rest)})")
    return "".join(parts)


class _Printer:
    """Where the layout is read, and the values that are still to be printed."""

    def __init__(self, layout: str, values: Sequence[Any]) -> None:
        self.layout, self.values = layout, values
        self.place = self.next = 0
        self.ordered = self.good = True
        self.after_index = False

    def sign(self) -> str:
        """The sign that is read next; empty at the end."""
        return self.layout[self.place : self.place + 1]

    def one(self) -> str:
        """One verb with all that stands before it, the percent sign apart."""
        begin = self.place
        while self.sign() and self.sign() in "-+# 0":
            self.place += 1
        signs = self.layout[begin : self.place]
        flags = Flags("-" in signs, "+" in signs, "#" in signs, " " in signs, "0" in signs)
        self.good = True
        self.after_index = self.index()
        flags, before = self.width(flags)
        flags, also_before = self.precision(flags)
        if not self.after_index:
            self.index()
        return before + also_before + self.verb(flags)

    def index(self) -> bool:
        """`[2]`: the second value is next; True where it is written so that a number can be read."""
        if self.sign() != "[":
            return False
        self.ordered = False
        end = self.layout.find("]", self.place)
        if end < 0:
            self.good = False
            self.place += 1
            return False
        inner, self.place = self.layout[self.place + 1 : end], end + 1
        number = int(inner) if inner.isascii() and inner.isdigit() and len(inner) < 8 else None
        if number is not None and 1 <= number <= len(self.values):
            self.next = number - 1
        else:
            self.good = False
        return number is not None

    def number(self) -> int | None:
        """A number that is written out; one beyond all bounds takes the rest of the layout with it."""
        digits = _DIGITS.match(self.layout, self.place)
        text = digits.group() if digits is not None else ""
        if len(text) > 8 or (text and int(text) > 10 * MAX_NUMBER + 9):
            self.place = len(self.layout)
            return None
        self.place += len(text)
        if text and int(text) > MAX_NUMBER:
            raise Failure(f"the width {text} is too large")
        return int(text) if text else None

    def from_values(self) -> int | None:
        """`*`: a width or precision from the values, None where the next is no int."""
        self.place += 1
        self.after_index = False
        if self.next >= len(self.values):
            return None
        value = self.values[self.next]
        self.next += 1
        is_int = isinstance(value, int) and not isinstance(value, bool)
        return int(value) if is_int and abs(value) <= MAX_NUMBER else None

    def width(self, flags: Flags) -> tuple[Flags, str]:
        """The flags with the width, and what is wrong with it."""
        if self.sign() != "*":
            found = self.number()
            if found is None:
                return flags, ""
            self.good = self.good and not self.after_index
            return replace(flags, width=found), ""
        found = self.from_values()
        if found is None:
            return flags, "%!(BADWIDTH)"
        if found < 0:
            return replace(flags, minus=True, zero=False, width=-found), ""
        return replace(flags, width=found), ""

    def precision(self, flags: Flags) -> tuple[Flags, str]:
        """The flags with the precision, and what is wrong with it."""
        if self.sign() != "." or self.place + 1 >= len(self.layout):
            return flags, ""
        self.place += 1
        self.good = self.good and not self.after_index
        self.after_index = self.index()
        if self.sign() != "*":
            return replace(flags, precision=self.number() or 0), ""
        found = self.from_values()
        if found is None or found < 0:
            return flags, "%!(BADPREC)"
        return replace(flags, precision=found), ""

    def verb(self, flags: Flags) -> str:
        """What the verb prints."""
        verb = self.sign()
        self.place += 1
        if not verb:
            return "%!(NOVERB)"
        if verb == "%":
            return "%"
        if not self.good:
            return f"%!{verb}(BADINDEX)"
        if self.next >= len(self.values):
            return f"%!{verb}(MISSING)"
        value = self.values[self.next]
        self.next += 1
        if verb in "vw":
            flags = replace(flags, plus=False, sharp=False, go=flags.sharp, names=flags.plus)
        return _value(verb, flags, value)


def _value(verb: str, flags: Flags, value: Any, depth: int = 0) -> str:
    if depth > 150:
        raise Failure("a value is nested too deeply to be printed")
    if value is None and depth:
        return "interface {}(nil)" if flags.go else "<nil>"
    if value is None:
        return _padded("<nil>", flags) if verb in "Tv" else f"%!{verb}(<nil>)"
    if verb == "T":
        return _padded(_cut(type_of(value), flags), flags)
    if isinstance(value, bool):
        made = _padded("true" if value else "false", flags) if verb in "tv" else None
    elif isinstance(value, GoDuration) and verb in "vs":
        made = _padded(printed(value), flags)
    elif isinstance(value, int):
        made = _integer(verb, flags, int(value))
    elif isinstance(value, float):
        made = _float(verb, flags, value)
    elif isinstance(value, (list, tuple)):
        return _composite(verb, flags, [_value(verb, flags, each, depth + 1) for each in value], value)
    elif isinstance(value, GoStruct):
        return _struct(verb, flags, value, depth)
    elif isinstance(value, bytes) and verb not in "sqxX":
        return _composite(verb, flags, [_value(verb, flags, each, depth + 1) for each in value], value)
    elif isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]))
        written = [f"{_value(verb, flags, key, 1)}:{_value(verb, flags, each, depth + 1)}" for key, each in pairs]
        return _composite(verb, flags, written, value)
    else:
        made = _text(verb, flags, text_of(value) if isinstance(value, bytes) else printed(value))
    return f"%!{verb}({type_of(value)}={_value('v', flags, value)})" if made is None else made


def _struct(verb: str, flags: Flags, value: GoStruct, depth: int) -> str:
    fields = [
        (f"{name}:" if flags.names or flags.go else "") + _value(verb, flags, each, depth + 1)
        for name, each in value.in_order()
    ]
    return ("&" if value.shape.is_pointer and not depth else "") + "{" + " ".join(fields) + "}"


def _composite(verb: str, flags: Flags, parts: list[str], value: Any) -> str:
    if sum(map(len, parts)) > MOST_TEXT:
        raise Failure("the text is too long")
    if flags.go and isinstance(value, Slice) and value.is_nil:
        return f"{type_of(value)}(nil)"
    if flags.go:
        return f"{type_of(value)}{{{', '.join(parts)}}}"
    return ("map[" if isinstance(value, dict) else "[") + " ".join(parts) + "]"


def _padded(text: str, flags: Flags) -> str:
    if flags.width <= len(text):
        return text
    if flags.minus:
        return text.ljust(flags.width)
    return text.rjust(flags.width, "0" if flags.zero else " ")


def _cut(text: str, flags: Flags) -> str:
    return text if flags.precision < 0 else text[: flags.precision]


def _text(verb: str, flags: Flags, text: str) -> str | None:
    if verb == "s" or (verb == "v" and not flags.go):
        return _padded(_cut(text, flags), flags)
    if verb in "qv":
        text = _cut(text, flags)
        backquoted = flags.sharp and verb == "q" and "`" not in text and all(" " <= sign != "\x7f" for sign in text)
        return _padded(f"`{text}`" if backquoted else quoted(text, ascii_only=flags.plus), flags)
    if verb in "xX":
        whole = bytes_of(text)[: None if flags.precision < 0 else flags.precision]
        lead = "0x" if flags.sharp and whole else ""
        made = lead + (whole.hex(" ").replace(" ", " " + lead) if flags.space else whole.hex())
        return _padded(made.upper() if verb == "X" else made, flags)
    return None


def _integer(verb: str, flags: Flags, value: int) -> str | None:
    if verb in "vdboOxX":
        base = {"v": "d", "O": "o"}.get(verb, verb)
        sign = "-" if value < 0 else "+" if flags.plus else " " if flags.space else ""
        digits = format(abs(value), base)
        if flags.precision >= 0:
            digits = digits.rjust(flags.precision, "0") if value or flags.precision else ""
            if not digits:
                return " " * max(flags.width, 0)
        elif flags.zero and not flags.minus and flags.width > 0:
            digits = digits.rjust(flags.width - len(sign), "0")
        octal = "" if digits.startswith("0") else "0"
        lead = {"b": "0b", "x": "0x", "X": "0X", "o": octal, "O": octal}.get(verb, "") if flags.sharp else ""
        lead = "0o" + lead if verb == "O" else lead
        return _padded(sign + lead + digits, replace(flags, zero=False))
    valid = 0 <= value <= 0x10FFFF and not 0xD800 <= value < 0xE000
    if verb == "c":
        return _padded(chr(value) if valid else "\ufffd", flags)
    if verb == "q":
        written = quoted(chr(value) if valid else "\ufffd", ascii_only=flags.plus)[1:-1].replace('\\"', '"')
        return _padded("'" + ("\\'" if written == "'" else written) + "'", flags)
    if verb == "U":
        digits = format(value % 2**64, "X").rjust(max(flags.precision, 4), "0")
        sign = f" '{chr(value)}'" if flags.sharp and valid and chr(value).isprintable() else ""
        return _padded(f"U+{digits}{sign}", replace(flags, zero=False))
    return None


def _float(verb: str, flags: Flags, value: float) -> str | None:
    if verb not in "veEfFgGxXb":
        return None
    made = _float_digits(verb, flags, value)
    if made[0] not in "+-":
        made = "+" + made
    if flags.space and made[0] == "+" and not flags.plus:
        made = " " + made[1:]
    if made[1:] in ("Inf", "NaN"):
        flags = replace(flags, zero=False)
        if made[1:] == "NaN" and not flags.space and not flags.plus:
            made = made[1:]
    elif flags.sharp and verb != "b":
        made = _with_point(verb, flags, made)
    if flags.plus or made[0] != "+":
        if flags.zero and not flags.minus and flags.width > len(made):
            return made[0] + made[1:].rjust(flags.width - 1, "0")
        return _padded(made, flags)
    return _padded(made[1:], flags)


def _with_point(verb: str, flags: Flags, made: str) -> str:
    """`#`: a number keeps its point, and %g its zeros."""
    ends = "pP" if verb in "xX" else "eE"
    cut = next((at for at, sign in enumerate(made) if sign in ends), len(made))
    head, tail = made[:cut], made[cut:]
    wanted = 0
    if verb in "vgGx":
        wanted = 6 if flags.precision < 0 else flags.precision
    wanted -= len(head[1:].replace(".", "").lstrip("0"))
    if "." not in head:
        wanted -= head[1:] == "0"
        head += "."
    return head + "0" * wanted + tail


def _float_digits(verb: str, flags: Flags, value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return printed(value)
    precision = min(flags.precision, 1100)
    if verb in "vgG":
        if precision < 0:
            made = printed(value)
        else:
            made = _significant(value, precision)
        return made.upper() if verb == "G" else made
    if verb in "xXb":
        made = _hexadecimal(value, precision) if verb in "xX" else _binary(value)
        return made.upper() if verb == "X" else made
    return format(value, f".{6 if precision < 0 else precision}{verb}")


def _significant(value: float, precision: int) -> str:
    """%.3g: trailing zeros go, exponents stand where they are needed."""
    made = format(value, f".{precision or 1}g")
    head, mark, exponent = made.partition("e")
    return f"{head}{mark}{exponent}"


def _hexadecimal(value: float, precision: int) -> str:
    if not value:
        return ("-" if str(value)[0] == "-" else "") + "0x0" + ("." + "0" * precision if precision > 0 else "") + "p+00"
    sign, _, rest = value.hex().partition("0x")
    head, _, exponent = rest.partition("p")
    whole, _, part = head.partition(".")
    power = int(exponent)
    digits = int(whole + part, 16) if part else int(whole, 16) << 52
    while digits >> 52 == 0:
        digits, power = digits << 1, power - 1
    if 0 <= precision < 13:
        unit = 1 << (52 - 4 * precision)
        extra = digits % unit
        digits -= extra
        if extra > unit // 2 or (extra == unit // 2 and (digits // unit) % 2):
            digits += unit
        if digits >> 53:
            digits, power = digits >> 1, power + 1
    part = format(digits & (2**52 - 1), "013x")
    part = part.rstrip("0") if precision < 0 else part.ljust(precision, "0")[:precision]
    return f"{sign}0x1{'.' + part if part else ''}p{'-' if power < 0 else '+'}{abs(power):02d}"


def _binary(value: float) -> str:
    import math

    fraction, power = math.frexp(value)
    digits = int(fraction * 2**53)
    if not digits:
        return "0p-1074"
    return f"{digits}p{power - 53:+d}"


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


def quoted(text: str, *, ascii_only: bool = False) -> str:
    """strconv.Quote, and QuoteToASCII."""
    return '"' + "".join(_SHORT.get(sign) or _quoted_sign(sign, ascii_only) for sign in text) + '"'


def _quoted_sign(sign: str, ascii_only: bool) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if sign.isprintable() and (code < 0x80 or not ascii_only):
        return sign
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
