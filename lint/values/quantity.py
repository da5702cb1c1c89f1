"""Quantities such as 100m, 1.5Gi and 2e3, exactly as k8s.io/apimachinery/pkg/api/resource reads them."""

from __future__ import annotations

import functools
import re
from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction

_FORM = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(|n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)\Z", re.ASCII)
_SUFFIX = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_NANO = 10**9
MOST = (1 << 63) - 1
"""The largest whole number; larger amounts of nano precision are capped to it where the binary forms overflow."""


class QuantityError(ValueError):
    """Why a text is no quantity, in plain words."""


class Quantity:
    """An amount, exact to a nano; ordered and hashable by its amount."""

    __slots__ = ("nano",)

    def __init__(self, nano: int) -> None:
        self.nano = nano

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.nano == other.nano

    def __lt__(self, other: Quantity) -> bool:
        return self.nano < other.nano

    def __le__(self, other: Quantity) -> bool:
        return self.nano <= other.nano

    def __gt__(self, other: Quantity) -> bool:
        return self.nano > other.nano

    def __ge__(self, other: Quantity) -> bool:
        return self.nano >= other.nano

    def __hash__(self) -> int:
        return hash(self.nano)

    def __bool__(self) -> bool:
        return self.nano != 0

    def __repr__(self) -> str:
        return f"Quantity({self.nano})"

    def value(self) -> int:
        """Whole units, rounded away from zero as Go's Value does."""
        return _up(self.nano, _NANO)

    def milli_value(self) -> int:
        """Thousandths, rounded away from zero as Go's MilliValue does."""
        return _up(self.nano, 10**6)

    @property
    def is_whole(self) -> bool:
        """Whether it has no fraction."""
        return self.nano % _NANO == 0


def _up(amount: int, unit: int) -> int:
    whole = -(-abs(amount) // unit)
    return whole if amount >= 0 else -whole


@functools.lru_cache(maxsize=4096)
def parse(value: str | int | float) -> Quantity:
    """A quantity from its text or number; raises QuantityError with the reason."""
    text = value.strip(" ") if value.__class__ is str else _number(value)
    match = _FORM.match(text)
    if not text:
        raise QuantityError("it is empty")
    if match is None or (not match[2] and not match[3] and not match[4]):
        raise QuantityError(_reason(text))
    sign, whole, fraction, suffix = match[1], match[2], match[3] or "", match[4]
    if not whole and not fraction and suffix[:1] in ("e", "E") and len(suffix) > 1:
        raise QuantityError(_reason(text))
    amount = Fraction(int(whole + fraction or "0"), 10 ** len(fraction))
    if suffix in _BINARY:
        amount *= 1024 ** _BINARY[suffix]
    elif suffix in _SUFFIX:
        amount *= Fraction(10) ** _SUFFIX[suffix]
    else:
        exponent = int(suffix[1:])
        if abs(exponent) > 2000:
            raise QuantityError("its exponent is out of range")
        amount *= Fraction(10) ** exponent
    nano = amount * _NANO
    rounded = -(-nano.numerator // nano.denominator)
    rounded = min(rounded, MOST * _NANO) if suffix in _BINARY else rounded
    return Quantity(-rounded if sign == "-" else rounded)


def _number(value: int | float | str) -> str:
    if isinstance(value, float):
        return format(Context(prec=17, rounding=ROUND_UP).create_decimal_from_float(value), "f") if False else _shortest(value)
    return str(value)


def _shortest(value: float) -> str:
    """A float as Go's JSON writes it: the shortest digits that give it back."""
    return format(Decimal(repr(value)), "f")


def _reason(text: str) -> str:
    close = {"K": "k or Ki", "KB": "k or Ki", "MB": "M or Mi", "GB": "G or Gi", "TB": "T or Ti", "g": "G or Gi", "KiB": "Ki", "MiB": "Mi", "GiB": "Gi"}
    suffix = re.sub(r"^[+-]?[0-9.]*", "", text)
    if suffix in close:
        return f"`{suffix}` is no unit; write {close[suffix]}"
    return "a number with one of the units n u m k M G T P E Ki Mi Gi Ti Pi Ei, or an exponent"
