"""What expressions of CEL know beyond JSON: times, durations, quantities, addresses, URLs, versions and forms of names.

Follows cel-go's types for time and k8s.io/apiserver/pkg/cel/library. The only functions here are those of FUNCTIONS; the evaluator
reads them when an expression calls one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

from kubetrial.lint.values import durations, names, networks, quantity, urls
from kubetrial.lint.values.cel.outcome import EvaluationError, Optional, Undecided

_SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # the years 1 to 9999


@functools.total_ordering
class Duration:
    """A span of time in nanoseconds."""

    __slots__ = ("nanoseconds",)
    is_ordered = has_text = True

    def __init__(self, nanoseconds: int) -> None:
        if not -(1 << 63) <= nanoseconds < 1 << 63:
            raise EvaluationError("the duration is too long")
        self.nanoseconds = nanoseconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.nanoseconds == other.nanoseconds

    def __lt__(self, other: Duration) -> bool:
        return self.nanoseconds < other.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    def __int__(self) -> int:
        return self.nanoseconds

    def __add__(self, other: Any) -> Any:
        return other + self if isinstance(other, Moment) else Duration(self.nanoseconds + other.nanoseconds)

    def __sub__(self, other: Duration) -> Duration:
        return Duration(self.nanoseconds - other.nanoseconds)

    def __str__(self) -> str:
        whole, part = divmod(abs(self.nanoseconds), _SECOND)
        text = f"{whole}.{part:09d}".rstrip("0").rstrip(".")
        return f"{'-' if self.nanoseconds < 0 else ''}{text}s"


@functools.total_ordering
class Moment:
    """A timestamp in nanoseconds since 1970."""

    __slots__ = ("nanoseconds",)
    is_ordered = has_text = True

    def __init__(self, nanoseconds: int) -> None:
        if not _FIRST <= nanoseconds // _SECOND <= _LAST:
            raise EvaluationError("the time leaves the years 1 to 9999")
        self.nanoseconds = nanoseconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and self.nanoseconds == other.nanoseconds

    def __lt__(self, other: Moment) -> bool:
        return self.nanoseconds < other.nanoseconds

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    def __int__(self) -> int:
        return self.nanoseconds // _SECOND

    def __add__(self, other: Duration) -> Moment:
        return Moment(self.nanoseconds + other.nanoseconds)

    def __sub__(self, other: Any) -> Any:
        apart = self.nanoseconds - other.nanoseconds
        return Duration(apart) if isinstance(other, Moment) else Moment(apart)

    def __str__(self) -> str:
        moment, part = self.at(timezone.utc), self.nanoseconds % _SECOND
        fraction = f".{part:09d}".rstrip("0") if part else ""
        return f"{moment.replace(tzinfo=None).isoformat()}{fraction}Z"

    def at(self, zone: tzinfo) -> datetime:
        """The moment in a time zone, in whole seconds."""
        return (_EPOCH + timedelta(seconds=self.nanoseconds // _SECOND)).astimezone(zone)


class Amount:
    """A quantity, and whether the server keeps it as a whole number (None: not known)."""

    __slots__ = ("quantity", "whole")

    def __init__(self, amount: quantity.Quantity, whole: bool | None) -> None:
        self.quantity = amount
        self.whole = whole

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and self.quantity.compare(other.quantity) == 0

    def __hash__(self) -> int:
        return hash(self.quantity)


class IP:
    """An IP address that is written in its usual form."""

    __slots__ = ("address",)
    has_text = True

    def __init__(self, address: networks.Address) -> None:
        self.address = address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IP) and self.key() == other.key()

    def __hash__(self) -> int:
        return hash(self.key())

    def key(self) -> tuple[int, int]:
        """Its version and number."""
        return self.address.version, self.address.number

    def __str__(self) -> str:
        return str(self.address)


class CIDR:
    """A range of addresses, with the address as it was written."""

    __slots__ = ("range",)
    has_text = True

    def __init__(self, found: networks.AddressRange) -> None:
        self.range = found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CIDR) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f"{self.range.address}/{self.range.length}"


class Semver:
    """A semantic version."""

    __slots__ = ("before", "build", "numbers")

    def __init__(self, numbers: tuple[int, int, int], before: str, build: str) -> None:
        self.numbers = numbers
        self.before = before.split(".") if before else []
        self.build = build

    def compare(self, other: Semver) -> int:
        """-1, 0 or 1 in the order of semantic versions, which does not look at the build."""
        if self.numbers != other.numbers:
            return 1 if self.numbers > other.numbers else -1
        if not self.before or not other.before:
            return bool(other.before) - bool(self.before)
        one, two = ([_rank(part) for part in each.before] for each in (self, other))
        return (one > two) - (one < two)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Semver) and self.compare(other) == 0

    def __hash__(self) -> int:
        return hash(self.numbers)


def _rank(part: str) -> tuple[bool, int, str]:
    # Numbers have no zeros in front: the longer one is more.
    return (False, len(part), part) if part.isdigit() else (True, 0, part)


class Form:
    """A named form of texts, and why a text does not have it."""

    __slots__ = ("name", "problem")

    def __init__(self, name: str, problem: Callable[[str], str | None]) -> None:
        self.name = name
        self.problem = problem

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise EvaluationError("it is no text")
    return str(value)


# --- time ------------------------------------------------------------------------------------------------------------------------


def duration(value: Any) -> Duration:
    """`duration('90s')`, of a duration itself, or of a value whose format is duration."""
    if isinstance(value, Duration):
        return value
    try:
        return Duration(durations.parse_duration(_text(value)))
    except durations.DurationError as error:
        raise EvaluationError(f"`{value}` is no duration: {error}") from None


def timestamp(value: Any) -> Moment:
    """`timestamp('2026-01-31T08:00:00Z')`, of seconds since 1970, or of a timestamp itself."""
    if isinstance(value, Moment):
        return value
    if value.__class__ is int:
        return Moment(value * _SECOND)
    text = _text(value)
    try:
        seconds = int((durations.parse_time(text).replace(microsecond=0) - _EPOCH).total_seconds())
    except durations.TimeError as error:
        raise EvaluationError(f"`{text}` is no time: {error}") from None
    if text.startswith(("0000", "0001", "9999")):
        raise Undecided("a time at the ends of the calendar")
    fraction = re.search(r"[.,]([0-9]+)", text)
    return Moment(seconds * _SECOND + int(fraction.group(1)[:9].ljust(9, "0") if fraction else 0))


def _zone(name: str | None) -> tzinfo:
    if name is None:
        return timezone.utc
    hours, colon, minutes = _text(name).partition(":")
    if colon:
        if re.fullmatch("[+-]?[0-9]{1,2}", hours) is None or re.fullmatch("[0-5][0-9]", minutes) is None:
            raise Undecided(f"the offset `{name}`")
        offset = int(hours) * 60 + (-int(minutes) if hours.startswith("-") else int(minutes))
        return timezone(timedelta(minutes=offset))
    from kubetrial.lint.values import zones

    if not zones.exists(name):
        raise Undecided(f"the time zone `{name}`")  # "" and Local are names to Go
    return zones.zone(name)


def _part_of_time(part: Callable[[datetime], int], span: Callable[[int], int] | None = None) -> Callable[..., int]:
    """A function such as getHours(): a part of a timestamp, or the whole of a duration in a unit."""

    def get(value: Any, zone: str | None = None) -> int:
        if isinstance(value, Duration):
            if span is None or zone is not None:
                raise EvaluationError("a duration has no such part")
            return span(value.nanoseconds)
        if not isinstance(value, Moment):
            raise EvaluationError("it is no time")
        return part(value.at(_zone(zone)))

    return get


def _wholes(unit: int) -> Callable[[int], int]:
    """Whole units, cut towards zero."""
    return lambda nanoseconds: abs(nanoseconds) // unit * (-1 if nanoseconds < 0 else 1)


def _milliseconds(value: Any, zone: str | None = None) -> int:
    if isinstance(value, Duration):
        return _wholes(1_000_000)(value.nanoseconds)
    if not isinstance(value, Moment):
        raise EvaluationError("it is no time")
    _zone(zone)
    return value.nanoseconds % _SECOND // 1_000_000


# --- quantities ----------------------------------------------------------------------------------------------------------------------


def _quantity(value: Any) -> Amount:
    text = _text(value)
    if not _is_quantity(text):
        raise EvaluationError(f"`{text}` is no quantity")
    plain = re.fullmatch(r"[+-]?[0-9]{1,12}(|k|M|Ki|Mi|Gi)", text) is not None
    return Amount(quantity.parse(text), True if plain else None)


def _is_quantity(value: Any) -> bool:
    text = _text(value)
    return text == text.strip() and quantity.problem(text) is None


def _amount(value: Any) -> quantity.Quantity:
    if isinstance(value, Amount):
        return value.quantity
    if value.__class__ is int:
        return quantity.Quantity(value)
    raise EvaluationError("it is no quantity")


def _is_whole(value: Amount) -> bool:
    if value.whole is None:
        if value.quantity.exponent < 0:
            return False
        raise Undecided("whether the server keeps this quantity as a whole number")
    return value.whole


def _as_whole(value: Amount) -> int:
    if not _is_whole(value):
        raise EvaluationError("the quantity is no whole number")
    return value.quantity.value()


def _approximate(value: Amount) -> float:
    if value.quantity.exponent < -9 or value.quantity.exponent > 18:
        raise Undecided("a very small or large quantity")
    return value.quantity.unscaled * 10.0**value.quantity.exponent


def _compared(one: Any, other: Any) -> int:
    if isinstance(one, Semver) and isinstance(other, Semver):
        return one.compare(other)
    if not isinstance(one, Amount) or not isinstance(other, Amount):
        raise EvaluationError("they cannot be compared")
    return one.quantity.compare(other.quantity)


def _added(one: Amount, other: Any) -> Amount:
    return Amount(one.quantity + _amount(other), None)


def _taken(one: Amount, other: Any) -> Amount:
    less = _amount(other)
    return Amount(one.quantity + quantity.Quantity(-less.unscaled, less.exponent), None)


# --- addresses -----------------------------------------------------------------------------------------------------------------------


def _address_of(text: str) -> networks.Address | None:
    """As Go's netip reads it, without IPv4 in the clothes of IPv6."""
    found = networks.address(text) if "%" not in text else None
    return None if found is None or found.zeros or found.mapped else found


def _ip(value: Any) -> IP:
    found = _address_of(_text(value))
    if found is None:
        raise EvaluationError(f"`{value}` is no IP address")
    return IP(found)


def _as_address(value: Any) -> IP:
    if not isinstance(value, IP):
        raise EvaluationError("it is no IP address")
    return value


def _is_canonical(value: Any) -> bool:
    return str(_ip(value)) == str(value)


def _is_loopback(value: Any) -> bool:
    version, number = _as_address(value).key()
    return number >> 24 == 127 if version == 4 else number == 1


def _is_link_local_multicast(value: Any) -> bool:
    version, number = _as_address(value).key()
    return number >> 8 == 0xE00000 if version == 4 else number >> 112 & 0xFF0F == 0xFF02


def _is_link_local_unicast(value: Any) -> bool:
    version, number = _as_address(value).key()
    return number >> 16 == 0xA9FE if version == 4 else number >> 118 == 0xFE80 >> 6


def _is_global_unicast(value: Any) -> bool:
    version, number = _as_address(value).key()
    multicast = number >> 28 == 0xE if version == 4 else number >> 120 == 0xFF
    broadcast = version == 4 and number == 0xFFFFFFFF
    return bool(number) and not (multicast or broadcast or _is_loopback(value) or _is_link_local_unicast(value))


def _range_of(text: str) -> networks.AddressRange | None:
    found = networks.cidr(text) if "%" not in text else None
    if found is None or found.zeros or found.address.zeros or found.address.mapped:
        return None
    return found


def _cidr(value: Any) -> CIDR:
    found = _range_of(_text(value))
    if found is None:
        raise EvaluationError(f"`{value}` is no range of addresses")
    return CIDR(found)


def _contains_ip(value: CIDR, other: Any) -> bool:
    address = other if isinstance(other, IP) else _ip(other)
    outer = value.range
    if outer.version != address.address.version:
        return False
    spare = (32 if outer.version == 4 else 128) - outer.prefix
    return address.address.number >> spare == outer.first >> spare


def _contains_range(value: CIDR, other: Any) -> bool:
    inner = other if isinstance(other, CIDR) else _cidr(other)
    return value.range.length <= inner.range.length and _contains_ip(value, IP(inner.range.address))


def _masked(value: CIDR) -> CIDR:
    found = value.range
    text = networks.spelled(found.first, found.version)
    masked = networks.cidr(f"{text}/{found.length}")
    assert masked is not None
    return CIDR(masked)


# --- URLs ----------------------------------------------------------------------------------------------------------------------------


def _url(value: Any) -> urls.Url:
    found = urls.request_uri(_text(value))
    if found is None:
        raise EvaluationError(f"`{value}` is no URL")
    return found


def _query(value: urls.Url) -> dict[str, list[str]]:
    from urllib.parse import unquote_plus

    found: dict[str, list[str]] = {}
    for pair in value.query.split("&") if value.query else ():
        name, _, text = pair.partition("=")
        if ";" in pair or urls.has_bad_escape(pair):
            continue
        if pair:
            found.setdefault(unquote_plus(name), []).append(unquote_plus(text))
    return found


def _path(value: urls.Url) -> str:
    if re.search(r"[^A-Za-z0-9/\-_.~$&+,:;=@%!'()*]", value.path):
        raise Undecided("a path with signs that are written otherwise")
    return value.path


# --- versions ------------------------------------------------------------------------------------------------------------------------

_NUMBER = "(0|[1-9][0-9]*)"
_LONGEST = 20  # digits of a number of 64 bits
_VERSION = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-([0-9A-Za-z.-]*))?(?:\+([0-9A-Za-z.-]*))?"


def _version_of(text: str) -> Semver | None:
    """A semantic version, or None."""
    found = re.fullmatch(_VERSION, text)
    if found is None or any(len(part) > _LONGEST or int(part) >= 1 << 64 for part in found.groups()[:3]):
        return None
    before, build = found[4], found[5]
    for extra in (before, build):
        if extra is not None and not all(extra.split(".")):
            return None
    if before and any(part.isdigit() and len(part) > 1 and part[0] == "0" for part in before.split(".")):
        return None
    return Semver((int(found[1]), int(found[2]), int(found[3])), before or "", build or "")


def _normal(text: str) -> str | None:
    """`v1.2` as 1.2.0: without the v and leading zeros, and with all three numbers."""
    parts = text.removeprefix("v").split(".", 2)
    for place, part in enumerate(parts):
        if len(part) > 1:
            rest = part.lstrip("0")
            parts[place] = rest if rest and rest[0] in "0123456789" else f"0{rest}"
    if len(parts) < 3 and any(sign in parts[-1] for sign in "+-"):
        return None
    return ".".join(parts + ["0"] * (3 - len(parts)))


def _semver(value: Any, normalize: Any = False) -> Semver:
    found = _read_version(value, normalize)
    if found is None:
        raise EvaluationError(f"`{value}` is no semantic version")
    return found


def _read_version(value: Any, normalize: Any) -> Semver | None:
    text = _normal(_text(value)) if normalize else _text(value)
    return None if text is None else _version_of(text)


# --- forms of texts --------------------------------------------------------------------------------------------------------------------


def _prefix(problem: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """The rule for the beginning of a name: a trailing dash is good."""
    return lambda text: problem(f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text)


def _not_fitting(form: str) -> Callable[[str], str | None]:
    from kubetrial.lint.values import formats

    def problem(text: str) -> str | None:
        fits = formats.fits(form, text)
        if fits is None:
            raise Undecided(f"whether a text is a {form}")
        return None if fits else f"it is no {form}"

    return problem


@functools.cache
def _forms() -> dict[str, Form]:
    problems: dict[str, Callable[[str], str | None]] = {
        "dns1123Label": names.dns_label,
        "dns1123Subdomain": names.dns_subdomain,
        "dns1035Label": names.dns1035_label,
        "qualifiedName": names.qualified_name,
        "dns1123LabelPrefix": _prefix(names.dns_label),
        "dns1123SubdomainPrefix": _prefix(names.dns_subdomain),
        "dns1035LabelPrefix": _prefix(names.dns1035_label),
        "labelValue": names.label_value,
        "uri": lambda text: None if urls.request_uri(text) is not None else "it is no URI",
        **{name: _not_fitting(name) for name in ("uuid", "byte", "date", "datetime")},
    }
    return {name: Form(name, problem) for name, problem in problems.items()}


def _validated(form: Form, text: Any) -> Optional:
    reason = form.problem(_text(text))
    return Optional(False) if reason is None else Optional(True, [reason])


def _named(name: Any) -> Optional:
    form = _forms().get(_text(name))
    return Optional(form is not None, form)


def _constant(name: str) -> Callable[[], Form]:
    return lambda: _forms()[name]


# --- texts ---------------------------------------------------------------------------------------------------------------------------

_QUOTED = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def _formatted(text: Any, args: list[Any]) -> str:
    """`'%s is %d'.format([name, count])` of plain values; numbers with digits after the point are left to the server."""
    left = list(args)

    def clause(found: re.Match[str]) -> str:
        letter = found.group(1)
        if letter == "%":
            return "%"
        if not left:
            raise EvaluationError("the format has more clauses than arguments")
        value = left.pop(0)
        if letter == "d" and value.__class__ is int:
            return str(value)
        if letter == "s" and value.__class__ in (str, int):
            return str(value)
        if letter == "s" and value.__class__ is bool:
            return "true" if value else "false"
        raise Undecided(f"%{letter} of this value")

    return re.sub("%(.?)", clause, _text(text), flags=re.DOTALL)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "duration": duration,
    "timestamp": timestamp,
    "getFullYear": _part_of_time(lambda t: t.year),
    "getMonth": _part_of_time(lambda t: t.month - 1),
    "getDayOfYear": _part_of_time(lambda t: t.timetuple().tm_yday - 1),
    "getDayOfMonth": _part_of_time(lambda t: t.day - 1),
    "getDate": _part_of_time(lambda t: t.day),
    "getDayOfWeek": _part_of_time(lambda t: (t.weekday() + 1) % 7),
    "getHours": _part_of_time(lambda t: t.hour, _wholes(3600 * _SECOND)),
    "getMinutes": _part_of_time(lambda t: t.minute, _wholes(60 * _SECOND)),
    "getSeconds": _part_of_time(lambda t: t.second, _wholes(_SECOND)),
    "getMilliseconds": _milliseconds,
    "quantity": _quantity,
    "isQuantity": _is_quantity,
    "sign": lambda amount: (amount.quantity.unscaled > 0) - (amount.quantity.unscaled < 0),
    "isGreaterThan": lambda one, other: _compared(one, other) > 0,
    "isLessThan": lambda one, other: _compared(one, other) < 0,
    "compareTo": _compared,
    "asInteger": _as_whole,
    "isInteger": _is_whole,
    "asApproximateFloat": _approximate,
    "add": _added,
    "sub": _taken,
    "ip": lambda value: IP(value.range.address) if isinstance(value, CIDR) else _ip(value),
    "isIP": lambda value: _address_of(_text(value)) is not None,
    "ip.isCanonical": _is_canonical,
    "family": lambda value: _as_address(value).address.version,
    "isUnspecified": lambda value: _as_address(value).address.number == 0,
    "isLoopback": _is_loopback,
    "isLinkLocalMulticast": _is_link_local_multicast,
    "isLinkLocalUnicast": _is_link_local_unicast,
    "isGlobalUnicast": _is_global_unicast,
    "cidr": _cidr,
    "isCIDR": lambda value: _range_of(_text(value)) is not None,
    "containsIP": _contains_ip,
    "containsCIDR": _contains_range,
    "prefixLength": lambda value: value.range.length,
    "masked": _masked,
    "url": _url,
    "isURL": lambda value: urls.request_uri(_text(value)) is not None,
    "getScheme": lambda value: value.scheme,
    "getHost": lambda value: value.host,
    "getHostname": lambda value: value.hostname,
    "getPort": lambda value: value.port,
    "getEscapedPath": _path,
    "getQuery": _query,
    "semver": _semver,
    "isSemver": lambda value, normalize=False: _read_version(value, normalize) is not None,
    "major": lambda value: value.numbers[0],
    "minor": lambda value: value.numbers[1],
    "patch": lambda value: value.numbers[2],
    "validate": _validated,
    "format.named": _named,
    **{f"format.{name}": _constant(name) for name in (
        "dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix", "dns1123SubdomainPrefix",
        "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime",
    )},
    "bytes": lambda value: value if value.__class__ is bytes else _text(value).encode("utf-8"),
    "format": _formatted,
    "strings.quote": lambda text: f'"{"".join(_QUOTED.get(sign, sign) for sign in _text(text))}"',
}  # fmt: skip
