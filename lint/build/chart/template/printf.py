"""`printf`: Go's fmt.Sprintf with its verbs, flags and its answers for what does not fit (fmt/print.go, fmt/format.go)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.values import Duration, printed, type_of
from kubetrial.lint.records import dataclass, replace

MAX_NUMBER = 1_000_000
"""Go's own bound of widths and precisions."""
MAX_TEXT = 5_000_000
_SPEC = re.compile(r"%([-+# 0]*)(\[\d+\])?(\*|\d+)?(?:(\.)(\[\d+\])?(\*|\d+)?)?(\[\d+\])?(.?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Flags:
    """What stands between `%` and the verb; -1 for a width or precision that is not given."""

    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    width: int = -1
    precision: int = -1


class _Arguments:
    """The values that are still to be printed."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values, self.next, self.ordered, self.good = values, 0, True, True

    def jump(self, index: str | None) -> None:
        """`[2]`: the second value is next."""
        if index is None:
            return
        number = int(index[1:-1]) if len(index) < 9 else 0
        self.ordered = False
        self.good = 1 <= number <= len(self.values)
        if self.good:
            self.next = number - 1

    def number(self) -> int | None:
        """A width or precision from the values, None where the next is no int."""
        if self.next >= len(self.values):
            return None
        value = self.values[self.next]
        self.next += 1
        is_int = isinstance(value, int) and not isinstance(value, bool)
        return int(value) if is_int and abs(value) <= MAX_NUMBER else None


def formatted(layout: str, values: Sequence[Any]) -> str:
    """What `printf` gives; raises Failure where it would be too long."""
    parts: list[str] = []
    place = length = 0
    arguments = _Arguments(values)
    for match in _SPEC.finditer(layout):
        parts.append(layout[place : match.start()])
        place = match.end()
        parts.append(_one(match, arguments))
        length += len(parts[-1])
        if length > MAX_TEXT:
            raise Failure("the text is too long")
    parts.append(layout[place:])
    if arguments.ordered and arguments.next < len(values):
        rest = ("<nil>" if each is None else f"{type_of(each)}={printed(each)}" for each in values[arguments.next :])
        parts.append(f"%!(EXTRA {', '.join(rest)})")
    return "".join(parts)


def _one(match: re.Match[str], arguments: _Arguments) -> str:
    signs, index, width, dot, second, precision, third, verb = match.groups()
    arguments.good = True
    before = ""
    flags = Flags("-" in signs, "+" in signs, "#" in signs, " " in signs, "0" in signs)
    arguments.jump(index)
    if width == "*":
        found = arguments.number()
        if found is None:
            before = "%!(BADWIDTH)"
        elif found < 0:
            flags = replace(flags, minus=True, zero=False, width=-found)
        else:
            flags = replace(flags, width=found)
    elif width:
        if len(width) > 7 or int(width) > MAX_NUMBER:
            raise Failure(f"the width {width[:20]} is too large")
        flags = replace(flags, width=int(width))
    if dot:
        arguments.jump(second)
        if precision == "*":
            found = arguments.number()
            before += "%!(BADPREC)" if found is None or found < 0 else ""
            flags = replace(flags, precision=-1 if found is None or found < 0 else found)
        elif precision and (len(precision) > 7 or int(precision) > MAX_NUMBER):
            raise Failure(f"the precision {precision[:20]} is too large")
        else:
            flags = replace(flags, precision=int(precision or 0))
    arguments.jump(third)
    return before + _verb(verb, flags, arguments)


def _verb(verb: str, flags: Flags, arguments: _Arguments) -> str:
    if not verb:
        return "%!(NOVERB)"
    if verb == "%":
        return "%"
    if not arguments.good:
        return f"%!{verb}(BADINDEX)"
    if arguments.next >= len(arguments.values):
        return f"%!{verb}(MISSING)"
    value = arguments.values[arguments.next]
    arguments.next += 1
    return _value(verb, replace(flags, plus=False) if verb == "v" else flags, value)


def _value(verb: str, flags: Flags, value: Any, depth: int = 0) -> str:
    if depth > 150:
        raise Failure("a value is nested too deeply to be printed")
    if value is None and depth:
        return "interface {}(nil)" if verb == "v" and flags.sharp else "<nil>"
    if value is None:
        return _padded("<nil>", flags) if verb in "Tv" else f"%!{verb}(<nil>)"
    if verb == "T":
        return _padded(_cut(type_of(value), flags), flags)
    if isinstance(value, bool):
        made = _padded("true" if value else "false", flags) if verb in "tv" else None
    elif isinstance(value, Duration) and verb in "vs":
        made = _padded(printed(value), flags)
    elif isinstance(value, int):
        made = _integer(verb, flags, int(value))
    elif isinstance(value, float):
        made = _float(verb, flags, value)
    elif isinstance(value, (list, tuple)):
        return _composite(verb, flags, [_value(verb, flags, each, depth + 1) for each in value], value)
    elif isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]))
        written = [f"{_value(verb, flags, key, 1)}:{_value(verb, flags, each, depth + 1)}" for key, each in pairs]
        return _composite(verb, flags, written, value)
    else:
        made = _text(verb, flags, value.decode("utf-8", "replace") if isinstance(value, bytes) else printed(value))
    return f"%!{verb}({type_of(value)}={_value('v', replace(flags, sharp=False), value)})" if made is None else made


def _composite(verb: str, flags: Flags, parts: list[str], value: Any) -> str:
    if sum(map(len, parts)) > MAX_TEXT:
        raise Failure("the text is too long")
    if verb == "v" and flags.sharp:
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
    if verb == "s" or (verb == "v" and not flags.sharp):
        return _padded(_cut(text, flags), flags)
    if verb in "qv":
        text = _cut(text, flags)
        backquoted = flags.sharp and verb == "q" and "`" not in text and all(" " <= sign != "\x7f" for sign in text)
        return _padded(f"`{text}`" if backquoted else quoted(text, ascii_only=flags.plus), flags)
    if verb in "xX":
        whole = text.encode("utf-8", "surrogatepass")[: None if flags.precision < 0 else flags.precision]
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
        lead = {"b": "0b", "x": "0x", "X": "0X", "o": "" if digits.startswith("0") else "0"}.get(verb, "")
        lead = "0o" if verb == "O" else lead if flags.sharp else ""
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
    if flags.plus or made[0] != "+":
        if flags.zero and not flags.minus and flags.width > len(made):
            return made[0] + made[1:].rjust(flags.width - 1, "0")
        return _padded(made, flags)
    return _padded(made[1:], flags)


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
    if sign.isprintable() and (code < 0x80 or not ascii_only):
        return sign
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
