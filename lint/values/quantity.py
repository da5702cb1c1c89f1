"""Quantities such as 100m, 1.5Gi and 2e3, exactly as k8s.io/apimachinery/pkg/api/resource reads them.

An amount is a whole number times a power of ten, never a float. Finer than a nano is rounded away from zero, binary
amounts end at 2^63 - 1, decimal ones are not capped.
"""

from __future__ import annotations

import functools
import re

from kubetrial.lint.values.remembered import remembered

MOST = (1 << 63) - 1
"""Where amounts with a binary unit are capped: 9Ei is this many."""

_DECIMAL = {"": 0, "n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_FINEST = -9
_HUGE = 400  # powers of ten beyond this are never written out: a server-side 1e2000000000 must not fill the memory
# the blanks that a JSON encoder leaves as they are; tabs and line breaks arrive as `\t` and `\n`, which no quantity has
_BLANKS = " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_split = functools.cache(
    lambda: re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]+[-+]?[0-9]*|[-+][0-9]*|)\Z")
)


class QuantityError(ValueError):
    """Why a value is no quantity, in plain words."""


class Quantity:
    """An amount `unscaled * 10^exponent`; equal, ordered and hashed by its amount, whatever way it was written."""

    __slots__ = ("exponent", "family", "unscaled")

    def __init__(self, unscaled: int, exponent: int = 0, family: str = "decimal") -> None:
        while exponent < 0 and unscaled % 10 == 0 and unscaled:
            unscaled, exponent = unscaled // 10, exponent + 1
        self.unscaled = unscaled
        self.exponent = exponent if unscaled else 0
        self.family = family
        """How it was written and is written back: `decimal` (1k), `binary` (1Ki) or `exponent` (1e3)."""

    def compare(self, other: Quantity) -> int:
        """-1, 0 or 1, as Go's Cmp."""
        one, another = self.unscaled, other.unscaled
        if (one > 0) - (one < 0) != (another > 0) - (another < 0) or not one:
            return (one > another) - (one < another)
        apart = self.exponent - other.exponent
        if abs(apart) > _HUGE + max(one.bit_length(), another.bit_length()):
            larger = 1 if apart > 0 else -1
            return larger if one > 0 else -larger
        if apart > 0:
            one *= 10**apart
        else:
            another *= 10**-apart
        return (one > another) - (one < another)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.compare(other) == 0

    def __lt__(self, other: Quantity) -> bool:
        return self.compare(other) < 0

    def __le__(self, other: Quantity) -> bool:
        return self.compare(other) <= 0

    def __gt__(self, other: Quantity) -> bool:
        return self.compare(other) > 0

    def __ge__(self, other: Quantity) -> bool:
        return self.compare(other) >= 0

    def __hash__(self) -> int:
        unscaled, exponent = _without_zeros(self.unscaled, self.exponent, 10, 1)
        return hash((unscaled, exponent))

    def __bool__(self) -> bool:
        return self.unscaled != 0

    def __add__(self, other: Quantity) -> Quantity:
        low = min(self.exponent, other.exponent)
        high = max(self.exponent, other.exponent)
        if high - low > _HUGE:
            return max(self, other, key=lambda q: q.exponent if q else low)
        total = self.unscaled * 10 ** (self.exponent - low) + other.unscaled * 10 ** (other.exponent - low)
        return Quantity(total, low, self.family if self else other.family)

    def __repr__(self) -> str:
        return f"Quantity({self.canonical()!r})"

    def __str__(self) -> str:
        return self.canonical()

    @property
    def nano(self) -> int:
        """The amount in billionths, exactly."""
        return self.scaled(_FINEST)

    def scaled(self, exponent: int) -> int:
        """The amount in units of 10^exponent, rounded away from zero (Go's ScaledValue, without its overflows)."""
        shift = self.exponent - exponent
        if shift >= 0:
            return self.unscaled * _ten(min(shift, _HUGE))
        unit = _ten(-shift)
        whole = -(-abs(self.unscaled) // unit)
        return whole if self.unscaled >= 0 else -whole

    def value(self) -> int:
        """Whole units, rounded away from zero: 100m is 1."""
        return self.scaled(0)

    def milli_value(self) -> int:
        """Thousandths, rounded away from zero: 0.1001 is 101."""
        return self.scaled(-3)

    @property
    def passes_as_whole(self) -> bool:
        """Whether the server takes it for a whole number (extended resources): it looks at rounded thousandths only."""
        return self.milli_value() % 1000 == 0

    def canonical(self) -> str:
        """The shortest way of writing it in its own family: 1024Mi is 1Gi, 0.5 is 500m, 1000E stays an exponent.

        The server keeps some texts as they were written (1.500); their amount is the same.
        """
        if not self.unscaled:
            return "0"
        if self.unscaled.bit_length() > 10_000:
            return "a number of more than 3000 digits"
        if self.family == "binary" and self.exponent >= 0 and abs(amount := self.value()) >= 1024:
            number, power = _without_zeros(amount, 0, 1024, 10)
            return str(number) + next(unit for unit, bits in {"": 0, **_BINARY}.items() if bits == min(power, 60))
        number, exponent = _without_zeros(self.unscaled, self.exponent, 10, 1)
        number, exponent = number * 10 ** (exponent % 3), exponent - exponent % 3
        if self.family != "exponent":
            for unit, power in _DECIMAL.items():
                if power == exponent:
                    return f"{number}{unit}"
        return f"{number}e{exponent}" if exponent else str(number)


def _ten(power: int) -> int:
    return int(10**power)


def _without_zeros(number: int, exponent: int, base: int, step: int) -> tuple[int, int]:
    while number and number % base == 0 and (base == 10 or exponent < 60):
        number, exponent = number // base, exponent + step
    return number, exponent


@remembered(4096)
def parse(value: str | int | float) -> Quantity:
    """A quantity from the text or number of a manifest; raises QuantityError with the reason.

    Follows ParseQuantity and UnmarshalJSON: blanks around it are dropped, a number may lack its digits (`Gi` is 0).
    """
    if value.__class__ is int:
        return Quantity(int(value))
    text = value.strip(_BLANKS) if isinstance(value, str) else repr(value)
    match = _split().match(text)
    if not text:
        raise QuantityError("it is empty")
    if match is None or isinstance(value, bool):
        raise QuantityError(_reason(text))
    sign, whole, fraction, unit = match.groups(default="")
    bare = not whole and not fraction
    digits = whole + fraction
    if unit in _BINARY:
        # a text without digits is read by the server's shortcut for small numbers alone, and that ends at Ti
        if bare and unit in ("Pi", "Ei"):
            raise QuantityError(_reason(text))
        unscaled, exponent = _whole(digits) << _BINARY[unit], -len(fraction)
        family = "binary"
    else:
        power, family = _power(unit, text)
        exponent = power - len(fraction)
        if bare and exponent < _FINEST:
            raise QuantityError(_reason(text))
        unscaled = _whole(digits)
    if exponent < _FINEST:
        unscaled, exponent = _round_up(unscaled, _FINEST - exponent), _FINEST
    if family == "binary":
        quantity = Quantity(unscaled, exponent)
        if quantity > Quantity(MOST):
            unscaled, exponent = MOST, 0
        family = "binary" if quantity >= Quantity(1) or not unscaled else "decimal"
    return Quantity(-unscaled if sign == "-" else unscaled, exponent, family)


def problem(value: str | int | float) -> str | None:
    """Why a value is no quantity, or None."""
    try:
        parse(value)
    except QuantityError as error:
        return str(error)
    return None


def _power(unit: str, text: str) -> tuple[int, str]:
    """The power of ten of a decimal unit or an exponent, and the family of both."""
    if unit in _DECIMAL:
        return _DECIMAL[unit], "decimal"
    if unit[0] in "eE" and re.match(r"[-+]?[0-9]+\Z", unit[1:]) and len(unit) < 30:
        power = int(unit[1:])
        if -(1 << 63) <= power < 1 << 63:
            return (power + (1 << 31)) % (1 << 32) - (1 << 31), "exponent"  # the server keeps 32 bits of it
    raise QuantityError(_reason(text))


def _round_up(unscaled: int, places: int) -> int:
    """An amount without its last decimal places; what is lost counts as one more."""
    if not unscaled:
        return 0
    return 1 if places > unscaled.bit_length() else -(-unscaled // 10**places)


def _whole(digits: str) -> int:
    """Digits as a number, also beyond Python's own limit for int(); none are 0."""
    number = 0
    for start in range(0, len(digits), 4000):
        part = digits[start : start + 4000]
        number = number * 10 ** len(part) + int(part)
    return number


_MEANT = {
    "K": "k (1000) or Ki (1024)",
    "KB": "k (1000) or Ki (1024)",
    "kb": "k (1000) or Ki (1024)",
    "KiB": "Ki",
    "ki": "Ki",
    "MB": "M (10^6) or Mi (2^20)",
    "Mb": "M (10^6) or Mi (2^20)",
    "mb": "M (10^6) or Mi (2^20)",
    "MiB": "Mi",
    "mi": "Mi",
    "GB": "G (10^9) or Gi (2^30)",
    "Gb": "G (10^9) or Gi (2^30)",
    "gb": "G (10^9) or Gi (2^30)",
    "g": "G (10^9) or Gi (2^30)",
    "GiB": "Gi",
    "gi": "Gi",
    "TB": "T (10^12) or Ti (2^40)",
    "t": "T (10^12) or Ti (2^40)",
    "TiB": "Ti",
    "ti": "Ti",
}


def _reason(text: str) -> str:
    unit = text.lstrip("+-0123456789. ")
    if unit in _MEANT:
        return f"`{unit}` is no unit; write {_MEANT[unit]}"
    if " " in text:
        return "no blank may stand inside it"
    if unit == "%":
        return "a percentage is no quantity; write a number"
    return "a number with one of the units n u m k M G T P E Ki Mi Gi Ti Pi Ei, or an exponent such as 1e3"
