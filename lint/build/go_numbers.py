"""Numbers as Go prints them: strconv's shortest form, and that of encoding/json."""

from __future__ import annotations

import math
import re


def shortest(value: float) -> str:
    """A float as `%v` prints it: 8080, 0.5, 1e+06, 1.2345678e+07, +Inf, NaN."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, point = _parts(value)
    exponent = point - 1
    if exponent < -4 or exponent >= 6:
        return f"{sign}{_mantissa(digits)}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return sign + _plain(digits, point)


def json_number(value: int | float) -> str:
    """A number as encoding/json writes it: exponents only below 1e-6 and from 1e21 on; raises ValueError for what JSON cannot hold."""
    if isinstance(value, int):
        return str(int(value))
    if math.isnan(value) or math.isinf(value):
        raise ValueError("JSON has no number for " + shortest(value))
    sign, digits, point = _parts(value)
    if value and (abs(value) < 1e-6 or abs(value) >= 1e21):
        exponent = point - 1
        return f"{sign}{_mantissa(digits)}e{'-' if exponent < 0 else '+'}{abs(exponent)}"
    return sign + _plain(digits, point)


def _parts(value: float) -> tuple[str, str, int]:
    """(sign, digits without zeros at the ends, place of the point behind the first digit's begin)."""
    match = re.match(r"(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?\Z", repr(float(value)))
    if match is None:
        raise ValueError(repr(value))
    whole, part = match[2], match[3] or ""
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(match[4] or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    return match[1], digits or "0", point if digits else 1


def _mantissa(digits: str) -> str:
    return digits[0] + ("." + digits[1:] if len(digits) > 1 else "")


def _plain(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if len(digits) <= point:
        return digits + "0" * (point - len(digits))
    return digits[:point] + "." + digits[point:]
